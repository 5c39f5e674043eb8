from django.conf import settings


def address_of(request) -> str:
    """Return the caller's address; forwarded ones count only behind so many trusted proxies."""
    direct = request.META.get("REMOTE_ADDR", "")
    if not settings.TRUSTED_PROXIES:
        return direct
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    hops = [address for address in forwarded if address]
    return hops[-min(settings.TRUSTED_PROXIES, len(hops))] if hops else direct
