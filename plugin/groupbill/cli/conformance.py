"""`groupbill conformance`: its options, as typer reads them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Results(StrEnum):
    """What `conformance` prints."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"
    TEST_REPORT = "test-report"


def conformance(  # noqa: PLR0913, PLR0917 - one parameter per option
    cases: Annotated[
        list[str] | None, typer.Argument(metavar="[CASE...]", help="Only cases with this tag, or beginning so.")
    ] = None,
    server: Annotated[
        str | None, typer.Option("--server", help="A FHIR server with groupbill beside it.", metavar="URL")
    ] = None,
    trigger: Annotated[
        str | None,
        typer.Option(
            "--trigger",
            help="With --server: a command that makes groupbill look; with {server}, {date}, {today}, {settings}.",
            metavar="COMMAND",
        ),
    ] = None,
    notify: Annotated[
        str | None,
        typer.Option("--notify", help="With --server: where the service takes notifications.", metavar="URL"),
    ] = None,
    secret_env: Annotated[
        str | None, typer.Option("--secret-env", help="With --notify: variable of the Authorization header.")
    ] = None,
    wait: Annotated[float, typer.Option("--wait", help="Seconds to wait for a result.", min=0)] = 60,
    format: Annotated[Results, typer.Option("--format", help="What to print.")] = Results.TEXT,
    out: Annotated[Path | None, typer.Option("--out", help="Print to a file.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="Only list the cases.")] = False,
    print_settings: Annotated[
        bool, typer.Option("--print-settings", help="Only print the settings that a deployment needs for the cases.")
    ] = False,
    settings: Annotated[
        Path | None,
        typer.Option("--settings", help="For the sign-in at the server; the cases bring their own.", metavar="FILE"),
    ] = None,
) -> None:
    """Run the conformance cases against the library, or a deployment."""
    from .run_conformance import Asked, list_cases, run_conformance, settings_text

    if list_ or print_settings:
        print(list_cases(cases or ()) if list_ else settings_text(), end="")
        return
    asked = Asked(
        words=cases or (),
        url=server,
        trigger=trigger,
        notify=notify,
        secret_env=secret_env,
        wait=wait,
        format=format,
        out=out,
        settings=settings,
    )
    raise typer.Exit(run_conformance(asked))
