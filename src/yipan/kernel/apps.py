"""The kernel's card."""

from yipan.kernel import modules


class KernelConfig(modules.ModuleConfig):
    name = "yipan.kernel"
    label = "kernel"
    purpose = "The ground all stand on: money, time, tenancy, events, idempotency, audit"

    def ready(self) -> None:
        super().ready()
        modules.check_switches()
