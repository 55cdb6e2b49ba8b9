"""Anonymise somebody who has left: first what it would do, then with --confirm."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from plans.access.erasure import Identity, refuse_unless_erasable
from plans.access.models import User
from plans.access.trail import RefusedAccount
from plans.papers.erasure import (
    Mention,
    Preview,
    anonymise_contact,
    anonymise_person,
    contact_of,
    mentions_of,
    preview,
)


def person_with(address: str) -> User:
    """Raises CommandError where nobody has this address."""
    try:
        return User.objects.get(email__iexact=address)
    except User.DoesNotExist:
        raise CommandError(f"Nobody has the address {address}.") from None


class Command(BaseCommand):
    help = (
        "Replaces name and address of somebody who has left, everywhere but in what people typed."
        " Without --confirm it says what it would do and changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="The person’s e-mail address.")
        parser.add_argument("--by", required=True, help="The address of the administrator who does it: for the trail.")
        parser.add_argument("--contact", action="store_true", help="A partner’s contact, who never had an account.")
        parser.add_argument("--confirm", metavar="ADDRESS", help="The person’s address again: do it, for ever.")

    def handle(self, *args: object, address: str, by: str, confirm: str | None, **options: Any) -> None:
        administrator, now = person_with(by), timezone.now()
        try:
            if options["contact"]:
                self._say_of_contact(contact_of(address, by=administrator, at=now))
            else:
                person = person_with(address)
                refuse_unless_erasable(person, by=administrator)
                self._say(person, preview(person))
            if confirm is None:
                self.stdout.write("Nothing was changed. Give --confirm with the address to do it.")
                return
            if options["contact"]:
                done = anonymise_contact(address, by=administrator, at=now, confirmed=confirm)
            else:
                done = anonymise_person(person, by=administrator, at=now, confirmed=confirm)
        except RefusedAccount as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("Done: " + ", ".join(f"{name} {many}" for name, many in done.items() if many) + ".")

    def _say(self, person: User, would: Preview) -> None:
        self.stdout.write(f"{person} becomes “{would.new_name}”, in {would.trail_lines} lines of the trail too.")
        self._say_mentions(would.mentions)

    def _say_of_contact(self, identities: list[Identity]) -> None:
        for who in identities:
            self.stdout.write(f"{who.name} becomes “{who.new_name}”.")
            self._say_mentions(mentions_of(who))

    def _say_mentions(self, mentions: list[Mention]) -> None:
        for mention in mentions:
            rows = ", ".join(map(str, mention.rows)) + (" …" if mention.count > len(mention.rows) else "")
            self.stdout.write(f"Typed, and not changed: {mention.count} of kind “{mention.kind}”, numbers {rows}.")
