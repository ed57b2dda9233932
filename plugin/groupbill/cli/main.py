"""`groupbill`: the commands and their options, as typer reads them."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..errors import GroupBillError, UsageError
from .conformance import conformance
from .result import keep_apart, result

app = typer.Typer(
    name="groupbill",
    help="Group psychotherapy sessions in FHIR become one checked charge and claim per participant.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
policy_app = typer.Typer(help="Check and show payer policies.", no_args_is_help=True)
app.add_typer(policy_app, name="policy")
app.command()(conformance)

inbox_app = typer.Typer(help="What came in and waits.", no_args_is_help=True)
app.add_typer(inbox_app, name="inbox")


class Format(StrEnum):
    """What `check` prints."""

    TEXT = "text"
    JSON = "json"
    OUTCOME = "outcome"


Settings = Annotated[
    Path | None,
    typer.Option("--settings", help="Settings file; default groupbill.toml here.", metavar="FILE"),
]
Sources = Annotated[
    list[str] | None,
    typer.Argument(metavar="SOURCE...", help="Bundle, resource, NDJSON, a folder of these, or - for stdin."),
]
Today = Annotated[
    str | None,
    typer.Option("--today", help="The day of the run; default today, in the settings' zone.", metavar="DATE"),
]

Store = Annotated[
    str | None,
    typer.Option("--store", help="Database URL; default GROUPBILL_STORE, else a file here.", metavar="DATABASE-URL"),
]
Ids = Annotated[
    list[str] | None, typer.Argument(metavar="[ID...]", help="As `inbox list` shows them; all without any.")
]


@app.callback(invoke_without_command=True)
def groupbill(
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Group psychotherapy sessions in FHIR become one checked charge and claim per participant."""
    if version:
        from ..version import VERSION

        print(VERSION)
        raise typer.Exit


@app.command()
def run(  # noqa: PLR0913, PLR0917 - the options of design 5.1
    sources: Sources = None,
    server: Annotated[
        str | None, typer.Option("--server", help="Work on a FHIR server instead of files.", metavar="URL")
    ] = None,
    date: Annotated[
        str | None, typer.Option("--date", help="With --server: one day; default today.", metavar="DATE")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="With --server: the first day of a range.", metavar="DATE")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="With --server: its last day.", metavar="DATE")] = None,
    encounter: Annotated[
        str | None, typer.Option("--encounter", help="With --server: one session, by its Encounter.", metavar="ID")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="With --server: carry the plan out.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", help="With --server: so many at once.", min=1, max=64)] = 4,
    store: Annotated[
        str | None,
        typer.Option(
            "--store",
            envvar="GROUPBILL_STORE",
            help="With --write: database of the outbox; default a SQLite file beside the settings.",
            metavar="DATABASE-URL",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the JSON report.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Write the plan: FILE.json or FILE.ndjson.")] = None,
    today: Today = None,
    accept_corrections: Annotated[
        bool, typer.Option("--accept-corrections", help="Write more replacements and voids than allowed.")
    ] = False,
    settings: Settings = None,
) -> None:
    """Derive, check and plan: the main job."""
    if server is None:
        if write or date or first or last or encounter:
            raise UsageError("--write, --date, --from, --to and --encounter go with --server URL")
        from .run import run_files

        status = run_files(
            sources or [], settings, today=today, json=json, out=out, accept_corrections=accept_corrections
        )
        raise typer.Exit(status)
    if sources:
        raise UsageError("either sources or --server URL, not both")
    from .run_server import Asked, run_server

    asked = Asked(
        url=server,
        settings=settings,
        on=date,
        first=first,
        last=last,
        encounter=encounter,
        write=write,
        jobs=jobs,
        json=json,
        out=out,
        today=today,
        accept_corrections=accept_corrections,
        store=store,
    )
    raise typer.Exit(run_server(asked))


@app.command()
def check(
    sources: Sources = None,
    json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    format: Annotated[Format, typer.Option("--format", help="What to print.")] = Format.TEXT,
    today: Today = None,
    settings: Settings = None,
) -> None:
    """Check the Claims and ChargeItems on file, anybody's, against each other, per patient and day."""
    from .check import check_files

    raise typer.Exit(check_files(sources or [], settings, today=today, format=Format.JSON if json else format))


@app.command()
def rules(
    code: Annotated[str | None, typer.Argument(metavar="[CODE]", help="A rule, by code or name.")] = None,
    settings: Settings = None,
) -> None:
    """List the rules, or print the page of one, with its source."""
    from .host import open_host
    from .rules import list_rules, show_rule

    host = open_host(settings)
    if code is None:
        print(list_rules(host.catalogue), end="", file=result())
    else:
        page = show_rule(host.catalogue, code, host.policies.severities(host.today()))
        print(page, end="", file=result())


@app.command()
def server(
    url: Annotated[str, typer.Argument(metavar="URL", help="Base URL of a FHIR server.")],
    probe: Annotated[bool, typer.Option("--probe", help="Try it out with resources that are deleted again.")] = False,
    settings: Settings = None,
) -> None:
    """Show what a FHIR server can, how it is written to, and what to beware of."""
    from .server import show_server

    print(show_server(url, settings, probe=probe), end="")


@app.command("import")
def import_(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="ncci, mue, addon or icd10.")],
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="The official files, as CMS publishes them.")
    ],
    edition: Annotated[
        str, typer.Option("--edition", help="A quarter, like 2026Q1; for icd10 also a year.", metavar="EDITION")
    ],
    setting: Annotated[
        str | None, typer.Option("--setting", help="practitioner or outpatient-hospital; else by the file names.")
    ] = None,
    settings: Settings = None,
) -> None:
    """Load the official CMS files into the reference folder."""
    from .imports import import_files

    raise typer.Exit(import_files(kind, files, settings, edition=edition, setting=setting))


@policy_app.command("check")
def policy_check(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE...", help="Policy files.")] = None,
    settings: Settings = None,
) -> None:
    """Validate payer policies: keys, types, dates, inheritance."""
    from .policies import check_policies

    keep_apart()
    print(check_policies(files or [], settings), file=result())


@policy_app.command("show")
def policy_show(
    policy: Annotated[str, typer.Argument(metavar="ID", help="A bundled policy, or one of the settings.")],
    on: Annotated[str | None, typer.Option("--date", help="A day; default today.", metavar="DATE")] = None,
    settings: Settings = None,
) -> None:
    """Show the policy in force on a day after inheritance, every value with its source."""
    from .policies import show_policy

    print(show_policy(policy, on, settings))


@app.command()
def serve(
    server: Annotated[str, typer.Option("--server", help="Base URL of the FHIR server.", metavar="URL")],
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port to listen on.", min=0, max=65535)] = 8600,
    store: Store = None,
    jobs: Annotated[int, typer.Option("--jobs", help="Sessions worked on at the same time.", min=1)] = 2,
    settings: Settings = None,
) -> None:
    """Receive notifications of a FHIR server and reconcile what they concern; sweep every night."""
    from .serve import serve_server

    serve_server(server, settings, address=host, port=port, store=store, jobs=jobs)


@app.command()
def subscribe(
    server: Annotated[str, typer.Option("--server", help="Base URL of the FHIR server.", metavar="URL")],
    endpoint: Annotated[
        str, typer.Option("--endpoint", help="Where the server finds the service: https://.../hook.", metavar="URL")
    ],
    remove: Annotated[bool, typer.Option("--remove", help="Remove them instead.")] = False,
    check: Annotated[bool, typer.Option(help="Make an event and see it arrive.")] = True,
    settings: Settings = None,
) -> None:
    """Make, show, renew or remove the server's Subscriptions to the service."""
    from .subscribe import subscribe_server

    text, good = subscribe_server(server, endpoint, settings, remove=remove, check=check)
    print(text, end="")
    raise typer.Exit(0 if good else 3)


@inbox_app.command("list")
def inbox_list(store: Store = None, settings: Settings = None) -> None:
    """Show what waits and what was set aside, with the reason."""
    from .inbox import list_inbox

    print(list_inbox(settings, store), end="")


@inbox_app.command("retry")
def inbox_retry(ids: Ids = None, store: Store = None, settings: Settings = None) -> None:
    """Try again what was set aside."""
    from .inbox import retry_inbox

    print(retry_inbox(settings, store, ids or []), end="")


@inbox_app.command("drop")
def inbox_drop(ids: Ids = None, store: Store = None, settings: Settings = None) -> None:
    """Forget what was set aside."""
    from .inbox import drop_inbox

    print(drop_inbox(settings, store, ids or []), end="")


def main() -> None:
    """Run the command line; errors are one line on stderr, never a traceback."""
    try:
        app(prog_name="groupbill")
    except GroupBillError as error:
        print(f"groupbill: {error}", file=sys.stderr)
        raise SystemExit(error.exit_status) from None
    except BrokenPipeError:
        # The reader of our output has gone (`groupbill run ... | head`); closing stderr keeps Python from
        # complaining about the flush at exit.
        sys.stderr.close()
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        print("groupbill: interrupted", file=sys.stderr)
        raise SystemExit(130) from None
