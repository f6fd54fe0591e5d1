"""The instance's accounts, as commands reach them: straight in the database, also while no server
runs."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import SQLAlchemyError

from ivr.accounts import Store, User
from ivr.accounts.passwords import Passwords, one_time_password
from ivr.journal import database
from ivr.model.access import Role
from ivr.model.errors import UserError
from ivr.provision.paths import private_files
from ivr.service.clock import SystemClock
from ivr.settings import Settings

FIRST = "admin"


@contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """Migrated, and closed at the end; UserError when the database cannot be used."""
    engine = database.open_engine(settings.journal_url)
    store = Store(engine, settings.audit_head_file, SystemClock())
    try:
        with private_files():
            store.migrate()
            yield store
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        raise UserError(f"accounts: the database does not answer: {cause}; try again") from error
    finally:
        store.close()


def tell_first_admin(settings: Settings) -> None:
    """Makes one when there is nobody yet, and prints the password, which is kept nowhere: at once,
    so that it is told whatever fails after that."""
    with open_store(settings) as store:
        if store.users():
            return
        password = one_time_password()
        if store.add_first(User(FIRST, Role.ADMIN), Passwords().hash(password)):
            show_password(FIRST, password)


def show_password(name: str, password: str) -> None:
    click.echo(f"web side: sign in as {name!r} with the one-time password  {password}")
    click.echo("it is shown this once, and changed at the first sign-in; another: ivr user passwd")
