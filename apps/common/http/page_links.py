from rest_framework.utils.urls import remove_query_param, replace_query_param


def page_link(request, parameters: dict | None) -> str | None:
    """Return the URL of another page of the requested list, or None without parameters."""
    if parameters is None:
        return None
    url = request.build_absolute_uri()
    for name in ("page", "cursor"):
        url = remove_query_param(url, name)
    for name, value in parameters.items():
        url = replace_query_param(url, name, value)
    return url
