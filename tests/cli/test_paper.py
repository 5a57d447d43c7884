"""`jappoo paper` and `member cards --pdf`: PDF files that can be read back, whole or not there, and never into a terminal."""

import os
import sys
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from app.coop.access.models import Activation
from app.coop.cooperatives.models import Cooperative
from app.coop.imports.models import MemberProfile
from app.coop.members.models import Member
from app.coop.offices.models import OperatorAct
from app.coop.production import papers
from tests import menu_rows, sample_cooperative
from tests.pdf import pages, words

PAPERS = ("leaflet", "officers", "weighings --cooperative cps1", "members --cooperative cps1", "shares --cooperative cps1")


@pytest.fixture
def village(sqlite_database, monkeypatch):
    sample_cooperative.build(sqlite_database)
    menu_rows.put(sqlite_database, sample_cooperative.LONG_AGO)
    monkeypatch.setenv("SECRET_KEY", sample_cooperative.KEY.decode())
    return sqlite_database


@pytest.fixture
def drawn(run, tmp_path):
    def drawn(command: str, option: str = "--output") -> bytes:
        done = run(*command.split(), option, str(tmp_path / "out.pdf"))
        assert (done.code, done.out) == (0, ""), done.err
        return (tmp_path / "out.pdf").read_bytes()

    return drawn


@pytest.mark.parametrize("command", PAPERS)
@pytest.mark.usefixtures("village")
def test_no_paper_goes_into_a_terminal(run, monkeypatch, command):
    monkeypatch.setattr(sys.stdout.__class__, "isatty", lambda _: True)
    done = run("paper", *command.split())
    assert (done.code, done.out, done.err) == (
        2,
        "",
        f"jappoo: a PDF needs --output FILE, or a pipe. See jappoo paper {command.split()[0]} --help\n",
    )


@pytest.mark.parametrize("command", PAPERS)
@pytest.mark.usefixtures("village")
def test_every_paper_is_a_file_of_its_owners(drawn, tmp_path, command):
    assert pages(drawn(f"paper {command}"))
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".pdf" or file.name.startswith(".")] == ["out.pdf"]
    assert os.stat(tmp_path / "out.pdf").st_mode & 0o777 == 0o600


@pytest.mark.parametrize("command", ["weighings", "members", "shares"])
@pytest.mark.usefixtures("village")
def test_an_unknown_co_operative_is_said_and_nothing_is_written(run, tmp_path, command):
    done = run("paper", command, "--cooperative", "CPS9", "--output", str(tmp_path / "out.pdf"))
    assert (done.code, done.err) == (1, "jappoo: no co-operative has the code CPS9\n")
    assert not (tmp_path / "out.pdf").exists()


@pytest.mark.usefixtures("village")
def test_the_leaflet_is_the_menu_that_is_served(drawn):
    said = words(drawn("paper leaflet"))
    assert "Composez *384*44135#" in said
    assert "1 Mes soldes\n*384*44135*1#" in said
    assert "8 Rappelez-moi" in said
    officers = words(drawn("paper officers"))
    assert "1 Peser\n*384*44135*8*1#" in officers
    assert "Mes soldes" not in officers


def test_a_menu_that_was_never_published_is_no_leaflet(run, sqlite_database, tmp_path):
    sample_cooperative.build(sqlite_database)
    done = run("paper", "leaflet", "--output", str(tmp_path / "out.pdf"))
    assert (done.code, done.err) == (1, "jappoo: none is published: run jappoo menus publish\n")


def test_cards_of_all_are_printed_once_each_with_a_number_only_for_who_needs_one(drawn, village):
    said = words(drawn("member cards --cooperative cps1 --all --renew", "--pdf"))
    lines = said.split("\n")
    assert [line for line in lines if line.startswith("Carte C")] == [
        "Carte C00001",
        "Carte C00002   Place 1",
        "Carte C00003   Place 2",
        "Carte C00004",
    ]
    assert said.count("numéro d'activation") == 1
    with village.read() as reader:
        assert reader.scalar(select(OperatorAct.command)) == "member cards"


def test_when_the_file_cant_be_written_no_number_is_given(run, village, tmp_path):
    with village.read() as reader:
        before = reader.scalars(select(Activation.digest)).all()
    done = run("member", "cards", "--cooperative", "CPS1", "--renew", "--pdf", str(tmp_path / "nowhere" / "cards.pdf"))
    assert (done.code, done.out) == (1, "")
    assert done.err == f"jappoo: {tmp_path / 'nowhere' / 'cards.pdf'} can't be written: No such file or directory\n"
    with village.read() as reader:
        assert reader.scalars(select(Activation.digest)).all() == before
        assert reader.scalar(select(func.count()).select_from(OperatorAct)) == 0


def test_a_weighing_list_takes_its_numbers_for_good(drawn, village):
    first, second = words(drawn("paper weighings --cooperative CPS1 --lines 3")), words(drawn("paper weighings --cooperative CPS1"))
    numbers = [papers.paper_number(serial) for serial in range(1, 24)]
    assert all(f"Reçu de pesée n° {number}" in first for number in numbers[:3])
    assert all(f"Reçu de pesée n° {number}" in second for number in numbers[3:])
    assert "1 Thiof (kg)" in first
    with village.read() as reader:
        assert reader.scalar(select(Cooperative.papers_printed)) == 23


def test_the_register_of_members_is_in_order_of_entry_with_what_article_9_wants(drawn, village):
    with village.transaction() as session:
        session.execute(update(Member).where(Member.id == 3).values(joined_on=date(2025, 1, 1)))
        session.add(MemberProfile(member_id=1, identity="1 751 1999 01234", address="Escale", shares_subscribed=20_000))
    said = words(drawn("paper members --cooperative CPS1"))
    lines = said.split("\n")
    found = [line for line in lines if line.startswith("C0000")]
    assert found == ["C00003", "C00001", "C00002", "C00004", "C00005", "C00006"]
    at = lines.index("C00001")
    assert lines[at - 2 : at + 7] == [
        *("2", lines[at - 1], "C00001", "Awa 1", "1 751 1999 01234", "Escale", "Pêche", "20 000 F", "10 000 F"),
    ]
    assert "Registre des membres, CPS Joal" in said


@pytest.mark.usefixtures("village")
def test_the_register_of_shares_has_each_movement_and_their_sum(drawn):
    lines = words(drawn("paper shares --cooperative CPS1")).split("\n")
    at = lines.index("C00001")
    assert lines[at + 1] == "Awa 1"
    assert lines[at + 3 : at + 5] == ["10 000 F", "10 000 F"]
    assert lines[lines.index("Total des parts libérées") + 1] == "10 000 F"


def test_a_file_that_is_there_stays_when_the_next_one_fails(run, village, tmp_path):
    kept = Path(tmp_path / "out.pdf")
    kept.write_bytes(b"before")
    with village.transaction() as session:
        session.execute(update(Cooperative).values(code="CPS2"))
    assert run("paper", "weighings", "--cooperative", "CPS1", "--output", str(kept)).code == 1
    assert kept.read_bytes() == b"before"
