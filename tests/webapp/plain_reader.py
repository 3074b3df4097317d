"""A visitor who reads pages as words: where lines may break is the business of one test, not of what others assert."""

from flask import Flask, Response
from flask.testing import FlaskClient

PLAIN = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2060": ""})


class PlainAnswer(Response):
    """An answer whose page, read as text, has plain spaces alone; its ``data`` are the bytes that were sent."""

    def get_data(self, as_text: bool = False):
        """Return the body; a page as text has plain spaces."""
        data = super().get_data(as_text=as_text)
        return data.translate(PLAIN) if isinstance(data, str) and self.mimetype == "text/html" else data


class PlainReader(FlaskClient):
    """A client of the site that gets such answers."""

    def __init__(self, application: Flask, response_wrapper: type[Response] | None = None, **options: bool) -> None:
        assert response_wrapper in {None, application.response_class}
        super().__init__(application, PlainAnswer, **options)
        # As every browser in use does: who has a cookie and does not tell where a form comes from is refused.
        self.environ_base.setdefault("HTTP_SEC_FETCH_SITE", "same-origin")
