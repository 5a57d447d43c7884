"""Files that officers bring: a limit of their own, for who is signed in. Their paths begin with `config.wsgi.UPLOADS`."""

from io import BytesIO

from flask import Blueprint, request

from config.wsgi import MOST_UPLOADED, UPLOADS


def take_files(routes: Blueprint) -> None:
    """Let the pages of a blueprint take files; before `furnish`, whose guard reads the form."""

    @routes.before_request
    def roomy() -> None:
        if request.path.startswith(UPLOADS):
            # Before the form is read: the guard's look at its token reads all of it.
            request.max_content_length = MOST_UPLOADED


def file_sent() -> BytesIO | None:
    """Return the file of the form, None when none was chosen."""
    sent = request.files.get("file")
    body = sent.read() if sent else b""
    if sent:
        sent.close()
    return BytesIO(body) if body else None
