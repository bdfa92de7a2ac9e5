"""The pictures of a product as a form: which stay, which is the main one, which come in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminRadioSelectWidget,
)

from yipan.goods.catalogue.actions import PictureFile
from yipan.goods.catalogue.errors import PictureRefused
from yipan.goods.catalogue.models import Picture, Product
from yipan.goods.catalogue.pictures import MOST_BYTES, picture_url, save_picture
from yipan.goods.catalogue.queries import pictures_of

if TYPE_CHECKING:
    _Form = forms.ModelForm[Product]
else:
    _Form = forms.ModelForm

FOLDER = "goods"


class _ManyFiles(UnfoldAdminFileFieldWidget):
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


class ProductPicturesForm(_Form):
    """What is shown of a product."""

    kept = forms.MultipleChoiceField(
        label=_("pictures"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    main = forms.ChoiceField(
        label=_("main picture"), required=False, widget=UnfoldAdminRadioSelectWidget
    )
    added = PicturesField(
        label=_("add pictures"),
        help_text=_("JPEG, PNG or WebP, up to 10 MB each; kept without what the camera wrote."),
    )

    class Meta:
        model = Product
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.known = pictures_of([self.instance.pk])[self.instance.pk]
        choices = [
            (str(picture.pk), _shown(picture, number))
            for number, picture in enumerate(self.known, start=1)
        ]
        for name in ("kept", "main"):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices
        self.initial["kept"] = [value for value, _label in choices]
        self.initial["main"] = choices[0][0] if choices else ""

    def wanted(self) -> list[PictureFile]:
        """The product's pictures as chosen, the main one first."""
        kept = set(self.cleaned_data["kept"])
        main = self.cleaned_data["main"]
        old = [picture for picture in self.known if str(picture.pk) in kept]
        old.sort(key=lambda picture: str(picture.pk) != main)
        added = [PictureFile(file) for file in self.cleaned_data["added"]]
        return [PictureFile(picture.file, picture.sku_id) for picture in old] + added


def _shown(picture: Picture, number: int) -> SafeString:
    return format_html(
        '<img src="{}" alt="" width="72" height="72" loading="lazy" '
        'style="border-radius:6px;object-fit:cover;width:72px;height:72px"> <span>{}</span>',
        picture_url(picture.file, width=160),
        number,
    )
