"""Several pictures in one field of a form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from yipan.goods.catalogue.errors import PictureRefused
from yipan.goods.catalogue.pictures import MOST_BYTES, save_picture

FOLDER = "goods"


class _ManyFiles(forms.ClearableFileInput):
    """Lets several files be chosen at once."""

    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Several pictures; empty or a list of the paths under which they were kept."""

    def __init__(self, **options: Any) -> None:
        accept = {"accept": "image/jpeg,image/png,image/webp", "multiple": True}
        super().__init__(widget=_ManyFiles(attrs=accept), required=False, **options)

    def clean(self, data: Any, initial: Any = None) -> list[str]:
        files: Sequence[UploadedFile[Any]] = data if isinstance(data, (list, tuple)) else [data]
        return [self._kept(file) for file in files if file]

    def _kept(self, file: UploadedFile[Any]) -> str:
        try:
            return save_picture(file.read(MOST_BYTES + 1), folder=FOLDER)
        except PictureRefused as refused:
            name, reason = file.name, refused.data["reason"]
            raise forms.ValidationError(f"{name}: {reason}") from refused
