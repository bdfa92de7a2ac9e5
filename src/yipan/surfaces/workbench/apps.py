"""The card of workbench."""

from yipan.kernel.modules import ModuleConfig


class WorkbenchConfig(ModuleConfig):
    name = "yipan.surfaces.workbench"
    label = "workbench"
    purpose = "The phone pages of employees and guides"
    requires = ("people", "distributors", "pool", "sharing", "commissions", "withdrawals", "design")
    optional = True
