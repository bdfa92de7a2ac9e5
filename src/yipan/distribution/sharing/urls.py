"""Short addresses of share links."""

from django.urls import re_path

from yipan.distribution.sharing.views import open_shared

# Whatever stands behind the tenant is a token, so that no spelling gets another answer.
urlpatterns = [
    re_path(r"^s/(?P<tenant>[^/]+)/(?P<token>(?s:.*))\Z", open_shared, name="open-share-link"),
]
