"""Which usernames are accepted, and which account a typed name or email address signs in to."""

import sys
import unicodedata
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError

from apps.users import selectors
from apps.users.models import Account
from apps.users.usernames import normalize_username, validate_username
from tests.factories import PASSWORD, make_student
from tests.users.auth_client import ADA, login


@pytest.mark.parametrize(
    "name",
    [
        *("ada", "Ada.Lovelace", "ada+x-y_z", "ada@home", "@ada", "ada@", "a@b@c", "x1234"),
        *("josé", "Ørsted", "Łukasz", "Straße", "ÅSA", "ǅoni", "ＡＤＡ"),
        *("Иван", "Ёлка1", "Σωκράτης", "محمد", "محمد٣", "שלמה", "שָׁלוֹם", "Հայկ", "ქართული"),
        *("हिन्दी", "राम_१", "தமிழ்", "สมชาย", "ខ្មែរ", "မြန်မာ", "አማርኛ"),
        *("森.陽翔@x+-_", "山田太郎", "やまだ", "ヤマダー", "佐々木ーa1", "山田ヤマtaro", "ﾔﾏﾀﾞ"),
        *("김철수", "金철수kim", "ㄅㄆㄇ漢a", "việtnguyễn", "kaʻu"),
    ],
)
def test_usernames_may_use_any_single_script(name):
    for form in ("NFC", "NFD"):
        validate_username(normalize_username(unicodedata.normalize(form, name)))


@pytest.mark.parametrize(
    "name",
    [
        # Look-alikes: Cyrillic, Greek, Armenian, Cherokee, Coptic and others among Latin.
        *("d\u0435mo-admin", "Αda", "αda", "µda", "ad\u0430", "paypаl", "օda", "Ꭺda", "ⲁda"),
        *("Иvan", "Иσан", "ада\u0064", "adaم", "adaש", "adaक", "ada१", "ada٥", "ada۵", "१٣१"),
        *("漢字Иван", "やまだα", "한글カナ", "ㄅㄆ한글", "𝐚dа", "ａdа"),
        # Modifier letters that look like punctuation or like each other, and a dash of kana.
        *("ada\u02cdl", "ada\u02bcl", "ada\u02c8l", "ada\u02d7l", "ada\ua78al", "ada\u02c7l"),
        *("\u02cd\u02cd\u02cd", "ada\u02eel", "ada\u0149l", "ада\u30fcл", "한글\u30fc"),
        # Invisible characters and bidirectional controls.
        *("ad\u200ba", "ad\u200da", "ad\u2060a", "\ufeffada", "ad\u00ada", "ad\u180ea"),
        *("ad\u202ea", "ad\u2066a\u2069", "\u200eada", "\u061cada", "ad\u115fa", "ad\u1160a"),
        *("ad\u3164a", "ad\uffa0a", "ad\u034fa", "ada\ufe0f", "ada\U000e0100", "ad\u17b4a"),
        *("ad\u180ba", "ad\u2800a", "ad\U000e0041a", "ad\u206aa"),
        # Marks without a letter, or too many marks on a letter.
        *("\u0301ada", ".\u0301ada", "a\u0301\u0302\u0303\u0304\u0305da", "ada\u20dd"),
        # Other characters.
        *("a da", "ada!", "a/da", "a<da", "ada\n", "ad\x00a", "ad\ud800a", "ada’s", "½½½", "ada😀"),
        *("ada\u00a0", "ada\u3000x", "ada＠x", "ada＿x", "ada․x", "ﷺﷺﷺ", "Ⅷ①②", "ad\ue000a"),
        # Email addresses.
        *(
            "ada@example.org",
            "Ada@Example.ORG",
            "ａｄａ@example.org",
            "a@localhost",
            "森@example.org",
        ),
        *("a.b+c@sub.example.co.uk", "ada@xn--bcher-kva.example", "ada@bücher.example"),
        *("x@example.com.", "x@example.com..", "x@example.com@", "a@b@example.com", "x@a.b"),
        *("@x@example.com", "ada@school.x", "x@localhost.", "x@a_b.c"),
    ],
)
def test_misleading_usernames_are_rejected(name):
    with pytest.raises(ValidationError):
        validate_username(normalize_username(name))


def test_only_one_modifier_letter_is_allowed():
    """The other modifier letters look like it, like punctuation or like each other."""
    names = {chr(number): unicodedata.name(chr(number), "") for number in range(sys.maxunicode)}
    allowed = set()
    for letter in [letter for letter, name in names.items() if name.startswith("MODIFIER LETTER ")]:
        with suppress(ValidationError):
            validate_username(normalize_username(f"ada{letter}l"))
            allowed.add(unicodedata.normalize("NFKC", letter))

    modifiers = {letter for letter in allowed if unicodedata.category(letter) == "Lm"}
    assert modifiers == {"\u02bb"}  # The others are forms of Latin letters, and compared like them.


@pytest.mark.parametrize(
    "name", ["d\u0435mo-admin", "ad\u200ba", "ad\u202ea", "victim@example.org"]
)
def test_every_route_rejects_misleading_usernames(anonymous, admin, name):
    from tests.factories import client_of

    registered = anonymous.post("/api/auth/registration/", ADA | {"username": name})
    invited = client_of(admin).post("/api/users/", {"username": name, "email": "new@example.org"})

    for response in (registered, invited):
        assert (response.status_code, list(response.data)) == (400, ["username"])


def test_a_username_is_stored_as_written_and_compared_without_case_and_width(anonymous):
    response = anonymous.post("/api/auth/registration/", ADA | {"username": "Ｊose\u0301"})

    assert response.data["user"]["username"] == "Ｊosé"
    assert login(username="jOSÉ").status_code == 200
    again = anonymous.post(
        "/api/auth/registration/", ADA | {"username": "JOSÉ", "email": "other@example.org"}
    )
    assert list(again.data) == ["username"]


@pytest.mark.parametrize("typed", ["ada@example.org", "ADA@Example.org", " ａｄａ@example.org "])
def test_the_username_field_accepts_an_email_address(typed):
    ada = make_student(username="ada", email="ada@example.org", password=PASSWORD)

    assert login(username=typed).data["user"]["id"] == str(ada.id)
    assert login(username=typed, password="wrong").status_code == 401


def test_an_email_address_signs_in_its_own_account_despite_an_equal_older_username():
    catcher = make_student(username="catcher", email="c@example.org", password=PASSWORD)
    Account.objects.filter(username="catcher").update(
        username="ada@example.org", username_key="ada@example.org"
    )
    assert login(username="ada@example.org").data["user"]["id"] == str(catcher.id)

    ada = make_student(username="ada", email="ada@example.org", password="another long secret")

    assert login(username="ada@example.org").status_code == 401
    signed_in = login(username="ada@example.org", password="another long secret")
    assert signed_in.data["user"]["id"] == str(ada.id)
    assert selectors.find_account_for_sign_in("c@example.org").profile_id == str(catcher.id)


def test_an_older_username_that_is_no_longer_allowed_still_signs_in():
    make_student(username="d\u0435mo", password=PASSWORD)

    assert login(username="d\u0435mo").status_code == 200
