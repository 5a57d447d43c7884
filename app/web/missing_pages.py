"""What a person in a browser reads where there is no page: a sentence in French, and a way home."""

from flask import Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

WORDS = {
    404: "Cette page n'existe pas, ou n'existe plus.",
    405: "Cette adresse ne s'ouvre pas ainsi. Rien n'est fait.",
    413: "Ce fichier est trop gros. Rien n'est fait.",
}
OTHERWISE = "Cette demande ne peut pas être lue. Rien n'est fait."


def page_for(error: HTTPException) -> Response | None:
    """Return the page for who reads pages; None for a gateway or a program, which ask for none."""
    if "text/html" not in request.headers.get("Accept", "") or "token" in (request.view_args or {}):
        return None
    status = error.code or 404
    words = WORDS.get(status, OTHERWISE)
    if f"{request.path}/".startswith("/t/"):
        page = render_template("lot_unknown.html", words=f"{words} Vérifiez le code sur l'étiquette.")
    else:
        page = render_template("console/said.html", words=words)
    answer = make_response(page, status, {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"})
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if isinstance(getattr(error, "valid_methods", None), list):
        answer.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return answer
