"""An OpenID Connect server like ProConnect, on this machine: discovery, PKCE, signed identities, a signed userinfo."""

import base64
import hashlib
import secrets
import time
from urllib.parse import urlencode

from flask import Flask, Response, abort, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey


class IdentityServerApp:
    """Answers as ProConnect does. ``person`` is who sits at it; ``spoil`` names what it gets wrong on purpose."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
        self.stranger = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
        self.issuer = ""
        self.person = {"sub": "sub-1", "email": "agent@example.org"}
        self.spoil = ""
        self.plain = False
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, str] = {}
        self.app = Flask("identity")
        self.app.add_url_rule("/.well-known/openid-configuration", view_func=self.facts)
        self.app.add_url_rule("/authorize", view_func=self.authorize)
        self.app.add_url_rule("/token", view_func=self.token, methods=["POST"])
        self.app.add_url_rule("/userinfo", view_func=self.userinfo)
        self.app.add_url_rule("/jwks", view_func=self.jwks)

    def facts(self) -> Response:
        return jsonify({
            "issuer": "https://another.example" if self.spoil == "issuer" else self.issuer,
            **{f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in (
                ("authorization", "authorize"), ("token", "token"), ("userinfo", "userinfo"), ("end_session", "logout"),
            )},
            "jwks_uri": f"{self.issuer}/jwks",
        })  # fmt: skip

    def authorize(self):
        code = secrets.token_urlsafe(8)
        self.codes[code] = dict(request.args)
        assert request.args["response_type"] == "code"
        return redirect(f"{request.args['redirect_uri']}?{urlencode({'code': code, 'state': request.args['state']})}")

    def token(self):
        asked = self.codes.pop(request.form["code"], None)
        if asked is None or request.authorization is None or request.authorization.password != "secret":
            return jsonify({"error": "invalid_grant"}), 400
        proof = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(proof).rstrip(b"=").decode() != asked["code_challenge"]:
            return jsonify({"error": "invalid_grant"}), 400
        nonce = "another" if self.spoil == "nonce" else asked["nonce"]
        lives = -3600 if self.spoil == "late" else 60
        token = secrets.token_urlsafe(8)
        self.tokens[token] = asked["client_id"]
        return jsonify({
            "access_token": token, "token_type": "Bearer",
            "id_token": self.signed({"nonce": nonce, "exp": int(time.time()) + lives}, asked["client_id"]),
        })  # fmt: skip

    def userinfo(self):
        client = self.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if client is None:
            abort(401)
        facts = dict(self.person, sub="sub-2" if self.spoil == "person" else self.person["sub"])
        if self.plain:
            return jsonify(facts)
        return Response(self.signed(facts, client), content_type="application/jwt")

    def signed(self, claims, client):
        audience = "another" if self.spoil == "audience" else client
        key = self.stranger if self.spoil == "signature" else self.key
        return jwt.encode(
            {"alg": "RS256", "kid": "k1"}, {"iss": self.issuer, "aud": audience, "sub": self.person["sub"], **claims},
            key,
        )  # fmt: skip

    def jwks(self) -> Response:
        return jsonify(KeySet([self.key]).as_dict(private=False))
