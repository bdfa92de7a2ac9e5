"""What the audit trail tells: sentences for codes of actions, names for values.

A sentence may name values of the entry in braces; they are told as the changes beside it are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yipan.distribution.distributors.models import DistributorKind, DistributorStatus
from yipan.goods.catalogue.models import PriceKind
from yipan.group.organisations.models import Level
from yipan.group.people.models import Role
from yipan.payouts.withdrawals.models import Finding, ReturnState, WithdrawalState
from yipan.trade.fulfilment.models import Fulfilment
from yipan.trade.orders.models import Order, RequestState

Words = str | Promise

SENTENCES: Final[Mapping[str, Words]] = {
    # People and organisations
    "organisations.create": _("Opened the organisation {name}"),
    "organisations.describe": _("Changed what is known of an organisation"),
    "organisations.move": _("Moved an organisation to another place in the tree"),
    "organisations.close": _("Closed an organisation"),
    "organisations.reopen": _("Opened a closed organisation again"),
    "organisations.switch_distribution": _("Switched distribution on or off"),
    "people.create": _("Opened an account for {name}"),
    "people.describe": _("Changed the details of an account"),
    "people.change_password": _("Set a new password"),
    "people.grant_role": _("Gave the role {role} at {organisation_id}"),
    "people.revoke_role": _("Took the role {role} away"),
    "people.deactivate": _("Closed an account"),
    "people.reactivate": _("Opened a closed account again"),
    "people.sign_in": _("Signed in"),
    "people.sign_in_blocked": _("Was kept from signing in after too many tries"),
    "people.sign_out_everywhere": _("Ended all sessions of an account"),
    "people.join_wechat": _("Joined a WeChat account to an account"),
    "policies.attribution": _("Set a new attribution policy"),
    "policies.settlement": _("Set a new settlement policy"),
    "policies.withdrawal": _("Set a new withdrawal policy"),
    "policies.fulfilment": _("Set a new delivery policy"),
    "policies.checkout": _("Set a new checkout policy"),
    "policies.appearance": _("Chose another accent colour"),
    # Goods, stock, buyers
    "catalogue.create_category": _("Made the category {name}"),
    "catalogue.rename_category": _("Renamed a category"),
    "catalogue.move_category": _("Moved a category"),
    "catalogue.create_product": _("Made the product {name}"),
    "catalogue.change_product": _("Changed a product"),
    "catalogue.create_sku": _("Made the SKU {code}"),
    "catalogue.change_sku": _("Changed a SKU"),
    "catalogue.load_skus": _("Loaded SKUs: {created} new, {changed} changed"),
    "catalogue.set_pictures": _("Changed the pictures of a product"),
    "catalogue.set_price": _("Set the {kind} of a SKU to {amount}"),
    "catalogue.end_price": _("Ended a price"),
    "stock.create_location": _("Opened the stock location {code}"),
    "stock.rename_location": _("Renamed a stock location"),
    "stock.make_default_location": _("Made a stock location the default one"),
    "stock.set_stock": _("Counted the stock of {skus} SKUs"),
    "stock.receive_stock": _("Took in stock of {skus} SKUs"),
    "members.create_member": _("Wrote down a new customer"),
    "members.rename_member": _("Renamed a customer"),
    "members.add_identity": _("Added an identity ({scheme}) to a customer"),
    "members.set_phone": _("Wrote down the phone of a customer"),
    # Trade
    "orders.cancel": _("Cancelled an order"),
    "orders.refund_request_granted": _("Granted a refund of {amount}"),
    "orders.refund_request_refused": _("Refused a refund of {amount}"),
    "orders.refund_request_withdrawn": _("Withdrew the request for a refund of {amount}"),
    "payments.record_stray": _("Wrote down a payment that fits no order"),
    "payments.refuse_notification": _("Refused a notification of a payment"),
    "payments.retry_repayment": _("Tried again to pay a refund back"),
    "payments.refuse_repayment": _("The provider refused to pay a refund back"),
    "fulfilment.packed": _("Packed an order"),
    "fulfilment.shipped": _("Sent a parcel off"),
    "fulfilment.received": _("Wrote down that a parcel was received"),
    "fulfilment.ready": _("Made an order ready to be picked up"),
    "fulfilment.handed_over": _("Handed an order over"),
    "fulfilment.cancelled": _("Cancelled a delivery"),
    "fulfilment.corrected": _("Corrected the parcel of a delivery"),
    "fulfilment.renew_code": _("Made a new pick-up code"),
    "fulfilment.reveal_address": _("Looked at an address in the clear"),
    # Distribution
    "distributors.register": _("Registered the distributor {name}"),
    "distributors.rename": _("Renamed a distributor"),
    "distributors.change_grade": _("Changed the grade of a distributor"),
    "distributors.change_kind": _("Changed the kind of a distributor"),
    "distributors.set_qualification": _("Changed the qualification of a distributor"),
    "distributors.link_person": _("Changed the account of a distributor"),
    "distributors.link_member": _("Joined a distributor to a customer"),
    "distributors.grant": _("Let a distributor sell elsewhere too"),
    "distributors.revoke_grant": _("Ended a distributor's permission to sell elsewhere"),
    "distributors.set_upline": _("Changed the upline of a distributor"),
    "distributors.set_portrait": _("Changed the portrait of a distributor"),
    "distributors.move_home": _("Moved a distributor to another organisation"),
    "distributors.suspend": _("Suspended a distributor"),
    "distributors.reactivate": _("Let a suspended distributor go on"),
    "distributors.leave": _("Wrote down that a distributor left"),
    "pool.create_rule": _("Made the commission rule {code}"),
    "pool.add_rule_version": _("Gave a commission rule a new version"),
    "pool.put_offer": _("Put a SKU into the pool"),
    "pool.change_offer": _("Changed an offer of the pool"),
    "pool.take_off": _("Took a SKU off the pool"),
    "pool.switch_on": _("Switched an offer on"),
    "pool.switch_off": _("Switched an offer off"),
    "pool.import_offer": _("Loaded an offer from a file"),
    "pool.import_offers": _("Loaded offers from a file"),
    "pool.discard_upload": _("Dropped a file of offers"),
    "sharing.revoke_link": _("Revoked a share link"),
    "sharing.changed_link_opened": _("Somebody opened a share link that was tampered with"),
    "attribution.bound": _("Bound a customer to a distributor"),
    "attribution.renewed": _("Renewed the binding of a customer"),
    "attribution.taken_over": _("Bound a customer to another distributor"),
    "attribution.assigned": _("Assigned a customer to a distributor"),
    "attribution.taken_off": _("Ended the binding of a customer"),
    "attribution.handed_over": _("Handed a customer over to a successor"),
    "attribution.hand_over": _("Handed the customers of a distributor over"),
    "attribution.register_coupons": _("Registered coupons of a distributor"),
    "work.take_file": _("Took the file {file}"),
    # Money
    "settlement.release": _("Released {entries} entries by hand: {amount}"),
    "withdrawals.verify_name": _("Verified the real name of the distributor {distributor}"),
    "withdrawals.add_card": _("Added a bank card of the distributor {distributor}"),
    "withdrawals.verify_card": _("Verified a bank card of the distributor {distributor}"),
    "withdrawals.remove_card": _("Removed a bank card of the distributor {distributor}"),
    "withdrawals.approve": _("Approved a withdrawal of {gross}"),
    "withdrawals.reject": _("Rejected a withdrawal of {gross}"),
    "withdrawals.cancel": _("Cancelled a withdrawal of {gross}"),
    "withdrawals.make_bank_file": _("Made the bank file {number}: {count} payouts, {total}"),
    "withdrawals.take_bank_file": _("Took the bank file {number}, card numbers in the clear"),
    "withdrawals.load_bank_return": _("Loaded the bank's return file {file}: {lines} lines"),
    "withdrawals.apply_bank_return": _("Applied the bank's return file {file}: {lines} lines"),
    "withdrawals.drop_bank_return": _("Dropped the bank's return file {file}"),
    "withdrawals.take_break": _("Took over the difference about {reference}"),
    "withdrawals.close_break": _("Closed the difference about {reference}"),
    # Programs
    "api_clients.create": _("Let the program {name} use the API"),
    "api_clients.change": _("Changed what a program may do"),
    "api_clients.rotate": _("Gave a program a new key"),
    "api_clients.revoke": _("Took a program's key away"),
    "webhooks.create": _("Set up a webhook to {url}"),
    "webhooks.change": _("Changed a webhook"),
    "webhooks.rotate": _("Gave a webhook a new secret"),
    "webhooks.remove": _("Removed a webhook"),
    "webhooks.replay": _("Sent messages of a webhook again"),
    "webhooks.test": _("Sent a test message to a webhook"),
    "showcase.let_time_pass": _("Let the holding time of the tour pass"),
}
"""Code of an action → what was done."""

_VALUE: Final = "audit"
VALUES: Final[Mapping[str, Words]] = {
    "accent": pgettext_lazy(_VALUE, "accent colour"),
    "address": pgettext_lazy(_VALUE, "address"),
    "amount": pgettext_lazy(_VALUE, "amount"),
    "changed": pgettext_lazy(_VALUE, "changed"),
    "city": pgettext_lazy(_VALUE, "city"),
    "code": pgettext_lazy(_VALUE, "code"),
    "count": pgettext_lazy(_VALUE, "payouts"),
    "created": pgettext_lazy(_VALUE, "new"),
    "distribution_on": pgettext_lazy(_VALUE, "distribution"),
    "distributor": pgettext_lazy(_VALUE, "distributor"),
    "email": pgettext_lazy(_VALUE, "e-mail"),
    "entries": pgettext_lazy(_VALUE, "entries"),
    "events": pgettext_lazy(_VALUE, "events"),
    "expires_at": pgettext_lazy(_VALUE, "expires"),
    "file": pgettext_lazy(_VALUE, "file"),
    "title": pgettext_lazy(_VALUE, "title"),
    "size": pgettext_lazy(_VALUE, "bytes"),
    "files": pgettext_lazy(_VALUE, "pictures"),
    "former": pgettext_lazy(_VALUE, "former key good until"),
    "former_until": pgettext_lazy(_VALUE, "former secret good until"),
    "grade": pgettext_lazy(_VALUE, "grade"),
    "gross": pgettext_lazy(_VALUE, "asked for"),
    "hint": pgettext_lazy(_VALUE, "end of the key"),
    "is_active": pgettext_lazy(_VALUE, "active"),
    "is_default": pgettext_lazy(_VALUE, "default"),
    "is_on": pgettext_lazy(_VALUE, "switched on"),
    "kind": pgettext_lazy(_VALUE, "kind"),
    "level": pgettext_lazy(_VALUE, "level"),
    "lines": pgettext_lazy(_VALUE, "lines"),
    "member_id": pgettext_lazy(_VALUE, "customer"),
    "name": pgettext_lazy(_VALUE, "name"),
    "number": pgettext_lazy(_VALUE, "number"),
    "organisation_id": pgettext_lazy(_VALUE, "organisation"),
    "parent_id": pgettext_lazy(_VALUE, "above it"),
    "path": pgettext_lazy(_VALUE, "place in the tree"),
    "per_minute": pgettext_lazy(_VALUE, "requests a minute"),
    "person_id": pgettext_lazy(_VALUE, "account"),
    "portrait": pgettext_lazy(_VALUE, "portrait"),
    "qualified_from": pgettext_lazy(_VALUE, "qualified from"),
    "qualified_until": pgettext_lazy(_VALUE, "qualified until"),
    "quantity": pgettext_lazy(_VALUE, "quantity"),
    "reference": pgettext_lazy(_VALUE, "reference"),
    "role": pgettext_lazy(_VALUE, "role"),
    "rule_id": pgettext_lazy(_VALUE, "rule"),
    "scheme": pgettext_lazy(_VALUE, "scheme"),
    "scopes": pgettext_lazy(_VALUE, "permissions"),
    "sessions": pgettext_lazy(_VALUE, "sessions"),
    "sha256": pgettext_lazy(_VALUE, "SHA-256"),
    "sku_id": pgettext_lazy(_VALUE, "SKU"),
    "skus": pgettext_lazy(_VALUE, "SKUs"),
    "state": pgettext_lazy(_VALUE, "state"),
    "status": pgettext_lazy(_VALUE, "state"),
    "terms": pgettext_lazy(_VALUE, "terms"),
    "total": pgettext_lazy(_VALUE, "sum"),
    "upline_id": pgettext_lazy(_VALUE, "upline"),
    "url": pgettext_lazy(_VALUE, "address"),
    "username": pgettext_lazy(_VALUE, "user name"),
    "valid_from": pgettext_lazy(_VALUE, "from"),
    "valid_until": pgettext_lazy(_VALUE, "until"),
    "version": pgettext_lazy(_VALUE, "version"),
    "wrong_codes": pgettext_lazy(_VALUE, "wrong codes"),
    "choice": pgettext_lazy(_VALUE, "choice"),
    "coupons": pgettext_lazy(_VALUE, "coupons"),
    "currency": pgettext_lazy(_VALUE, "currency"),
    "digest": pgettext_lazy(_VALUE, "digest"),
    "distributor_id": pgettext_lazy(_VALUE, "distributor"),
    "event_id": pgettext_lazy(_VALUE, "event"),
    "faulty": pgettext_lazy(_VALUE, "faulty rows"),
    "file_name": pgettext_lazy(_VALUE, "file"),
    "members": pgettext_lazy(_VALUE, "customers"),
    "order": pgettext_lazy(_VALUE, "order"),
    "rows": pgettext_lazy(_VALUE, "rows"),
    "successor_id": pgettext_lazy(_VALUE, "successor"),
    "transaction": pgettext_lazy(_VALUE, "transaction"),
    "unchanged": pgettext_lazy(_VALUE, "unchanged"),
    "way": pgettext_lazy(_VALUE, "way"),
}
"""Name of a value → what it is called."""

MONEY: Final = frozenset({"amount", "gross", "total"})
"""Values in fen."""

_SUBJECT: Final = "audit subject"
SUBJECTS: Final[Mapping[str, tuple[Words, str]]] = {
    "api_client": (pgettext_lazy(_SUBJECT, "Program"), "openapi.ApiClient"),
    "bank_break": (pgettext_lazy(_SUBJECT, "Difference"), "withdrawals.BankBreak"),
    "bank_file": (pgettext_lazy(_SUBJECT, "Bank file"), "withdrawals.BankFile"),
    "bank_return": (pgettext_lazy(_SUBJECT, "Return file"), "withdrawals.BankReturn"),
    "card": (pgettext_lazy(_SUBJECT, "Bank card"), "withdrawals.BankCard"),
    "category": (pgettext_lazy(_SUBJECT, "Category"), "catalogue.Category"),
    "distributor": (pgettext_lazy(_SUBJECT, "Distributor"), "distributors.Distributor"),
    "fulfilment": (pgettext_lazy(_SUBJECT, "Delivery"), "fulfilment.Fulfilment"),
    "location": (pgettext_lazy(_SUBJECT, "Stock location"), "stock.Location"),
    "member": (pgettext_lazy(_SUBJECT, "Customer"), "members.Member"),
    "offer": (pgettext_lazy(_SUBJECT, "Offer"), "pool.Offer"),
    "order": (pgettext_lazy(_SUBJECT, "Order"), "orders.Order"),
    "organisation": (
        pgettext_lazy(_SUBJECT, "Organisation"),
        "organisations.Organisation",
    ),
    "payee": (pgettext_lazy(_SUBJECT, "Real name"), ""),
    "payment_intent": (pgettext_lazy(_SUBJECT, "Payment"), "payments.PaymentIntent"),
    "person": (pgettext_lazy(_SUBJECT, "Account"), "people.Person"),
    "policy": (pgettext_lazy(_SUBJECT, "Policy"), "kernel.PolicyVersion"),
    "pool_import": (pgettext_lazy(_SUBJECT, "Loaded file"), "pool.ImportRun"),
    "pool_upload": (pgettext_lazy(_SUBJECT, "File of offers"), ""),
    "price": (pgettext_lazy(_SUBJECT, "Price"), "catalogue.Price"),
    "product": (pgettext_lazy(_SUBJECT, "Product"), "catalogue.Product"),
    "refund_request": (pgettext_lazy(_SUBJECT, "Refund request"), "orders.RefundRequest"),
    "release_batch": (pgettext_lazy(_SUBJECT, "Release batch"), "settlement.ReleaseBatch"),
    "repayment": (pgettext_lazy(_SUBJECT, "Repayment"), "payments.Repayment"),
    "rule": (pgettext_lazy(_SUBJECT, "Rule"), ""),
    "share_link": (pgettext_lazy(_SUBJECT, "Share link"), "sharing.ShareLink"),
    "sku": (pgettext_lazy(_SUBJECT, "SKU"), "catalogue.Sku"),
    "webhook": (pgettext_lazy(_SUBJECT, "Webhook"), "webhooks.Endpoint"),
    "work": (pgettext_lazy(_SUBJECT, "Task"), ""),
    "withdrawal": (pgettext_lazy(_SUBJECT, "Withdrawal"), "withdrawals.Withdrawal"),
}
"""Kind of subject → what it is called, and whose page it has."""


def _states() -> dict[tuple[str, str], Words]:
    """The same code is told in the same words wherever it stands, such as `cancelled`."""
    choices = [
        *Order._meta.get_field("state").flatchoices,
        *Fulfilment._meta.get_field("state").flatchoices,
        *RequestState.choices,
        *ReturnState.choices,
        *WithdrawalState.choices,
    ]
    return {("state", str(code)): words for code, words in choices}


CODES: Final[Mapping[tuple[str, str], Words]] = {
    **_states(),
    **{("role", code): words for code, words in Role.choices},
    **{("level", code): words for code, words in Level.choices},
    **{("status", code): words for code, words in DistributorStatus.choices},
    **{("kind", code): words for code, words in Finding.choices},
    **{("kind", code): words for code, words in DistributorKind.choices},
    **{("kind", code): words for code, words in PriceKind.choices},
}
"""Value that is a code, by its name → what it says."""


def codes_told_with(word: str) -> list[str]:
    """Actions whose sentence in the reader's language has this word in it."""
    wanted = word.casefold()
    return [code for code, told in SENTENCES.items() if wanted in str(told).casefold()]
