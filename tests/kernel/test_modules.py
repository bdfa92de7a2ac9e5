"""The register of modules."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings

from yipan.kernel.modules import ModuleConfig, all_modules, all_permissions


def test_every_module_of_the_settings_shows_its_card() -> None:
    """The framework took none of them: it found two names in each apps.py and chose neither."""
    assert [module.name for module in all_modules()] == settings.MODULES
    assert all(module.purpose for module in all_modules())
    ours = [config for config in apps.get_app_configs() if config.name.startswith("yipan.")]
    assert all(isinstance(config, ModuleConfig) for config in ours)


def test_a_module_requires_only_what_there_is() -> None:
    labels = {module.label for module in all_modules()}
    assert {need for module in all_modules() for need in module.requires} <= labels


def test_permissions_are_declared_once() -> None:
    assert len(all_permissions()) == len(set(all_permissions()))
    assert "orders.read" in all_permissions()
