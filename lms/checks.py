from django.core import checks

from lms.serving import proxies


@checks.register(checks.Tags.security)
def trusted_proxies_are_set(app_configs, **options) -> list[checks.Warning]:
    if not proxies.is_proxy_untrusted():
        return []
    return [checks.Warning(proxies.UNTRUSTED_PROXY, hint=proxies.HINT, id="lms.W001")]
