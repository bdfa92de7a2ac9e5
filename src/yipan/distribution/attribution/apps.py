"""The card of attribution."""

from yipan.kernel.modules import ModuleConfig


class AttributionConfig(ModuleConfig):
    name = "yipan.distribution.attribution"
    label = "attribution"
    purpose = "Who is credited with a sale, and why"
    requires = ("distributors", "orders")
    permissions = ("attribution.read", "attribution.write")
