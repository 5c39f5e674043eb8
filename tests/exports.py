"""The export of a user's own data, which is streamed."""

import json

from rest_framework.test import APIClient

EXPORT = "/api/auth/user/export/"


def export_of(client: APIClient) -> dict:
    response = client.get(EXPORT)
    assert response.status_code == 200
    return json.loads(response.getvalue())
