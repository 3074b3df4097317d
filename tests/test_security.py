"""What docs/security.md promises: each clause has tests that prove it, and each of its numbers is the program's own."""

import math
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from data import private_files, sealed_files, sheet_archive
from data.account_schema import accounts
from data.accounts import add_account
from data.store import Store, new_secret
from desks import hosts
from desks.accounts import first_word, guessing, passwords
from desks.rides import standard
from gtfs import feed_files
from mobility.accounts import ADMINISTRATOR, Grant
from routing import osm_bounds
from tests.conftest import NOW, ROOT
from tests.webapp.test_listening import SLOW
from tests.webapp.test_odd_values import CALLS
from webapp.exports import shown_tables
from webapp.pages import sheets
from webapp.server import known_browser, listening
from webapp.server.protection import LIMITS

TOLD = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PROMISES = {
    "five wrong tries in a quarter of an hour from one address (an IPv6 network of 64 bits is one), 25 a day "
    "from all addresses together": (
        "webapp/test_accounts.py::test_guessing_is_throttled_and_tells_nothing "
        "webapp/test_guessing.py::test_one_connection_has_one_count_whatever_its_ipv6_address "
        "webapp/test_guessing.py::test_the_computers_of_a_town_guess_no_faster_than_one"
    ),
    "counted before the password is looked at, so that many at once are no more": (
        "webapp/test_guessing.py::test_tries_at_once_are_no_more_than_one_after_the_other"
    ),
    "at least twelve letters, Argon2": (
        "webapp/test_accounts.py::test_a_weak_password_is_refused test_security.py::test_passwords_are_kept_by_argon2"
    ),
    "a browser that signed in rightly is known to the account for 180 days, by a signed cookie that opens "
    "nothing, and counts by itself": (
        "webapp/test_guessing.py::test_a_stranger_locks_nobody_out_of_their_own_computer "
        "webapp/test_guessing.py::test_the_cookie_is_the_browsers_own_and_opens_nothing "
        "webapp/test_guessing.py::test_a_known_browser_guesses_no_faster_and_knows_one_account_alone"
    ),
    "a link by mail makes any browser known": (
        "webapp/test_guessing.py::test_the_computers_of_a_town_guess_no_faster_than_one"
    ),
    "the owner is told, at most once a day": "webapp/test_guessing.py::test_the_owner_is_told_once_a_day",
    "ProConnect is not concerned": "webapp/test_proconnect.py::test_wrong_passwords_keep_nobody_from_it",
    "mail address and identity are changed by administrators alone, in the journal, told to the owner at the "
    "new and the former address": (
        "webapp/test_accounts.py::test_another_address_is_an_administrators_act_and_told_at_both "
        "webapp/test_proconnect.py::test_an_administrator_parts_an_account_from_its_identity"
    ),
    "sessions and links end": (
        "webapp/test_accounts.py::test_another_address_is_an_administrators_act_and_told_at_both"
    ),
    "an identity is the server's that gave it, and is joined once": (
        "webapp/test_proconnect.py::test_a_name_counts_for_the_server_that_gave_it "
        "webapp/test_proconnect.py::test_one_identity_is_joined_once"
    ),
    "every answer behind a sign-in or a private link, its errors and redirects too, and all that a signed-in "
    "visitor sees, is `no-store`": "webapp/test_accounts.py::test_nothing_behind_a_door_is_kept_by_a_browser",
    "the way back after signing out asks to sign in": (
        "e2e/test_signed_out.py::test_the_way_back_after_signing_out_shows_nothing"
    ),
    "a link is good until a day after its ride, for one side of it": (
        "webapp/test_private_links.py::test_it_opens_its_own_side_alone "
        "webapp/test_private_links.py::test_one_that_is_over_or_guessed_opens_nothing"
    ),
    "one that was is told as one that never was": (
        "webapp/test_private_links.py::test_one_that_is_over_or_guessed_opens_nothing"
    ),
    "whoever looks ahead (previews, `HEAD`) answers nothing": (
        "webapp/test_private_links.py::test_a_robot_that_looks_ahead_answers_nothing"
    ),
    "no cache, search engine or other site learns of it": (
        "webapp/test_private_links.py::test_it_leaves_no_trace_in_caches_referrers_or_search_engines"
    ),
    "40 tries a minute": "webapp/test_private_links.py::test_guesses_are_slowed_down",
    "it opens to a browser that showed the word printed at the start, of 140 bits, and stays shut where that "
    "word is lost or used up": (
        "webapp/test_first_account.py::test_once_a_word_is_printed_this_machine_opens_to_who_has_shown_it "
        "webapp/test_first_account.py::test_the_desk_stays_shut_where_the_word_is_lost "
        "test_security.py::test_secrets_are_as_long_as_they_are_said_to_be"
    ),
    "a site with a name, a proxy or another address opens to nobody": (
        "webapp/test_first_account.py::test_a_site_for_others_has_no_open_door "
        "webapp/test_first_account.py::test_a_proxy_is_not_this_machine"
    ),
    "links are not shown": "webapp/test_private_links.py::test_an_agent_opens_one_by_an_act_that_is_written_down",
    "opening one is an act in the journal": (
        "webapp/test_private_links.py::test_an_agent_opens_one_by_an_act_that_is_written_down"
    ),
    "key files are the program's own (0600), made once and whole": (
        "data/test_private_files.py::test_processes_that_start_at_once_get_one_key "
        "data/test_private_files.py::test_a_key_is_its_owners_alone"
    ),
    "an empty, short or unreadable one is refused at the start and by `/ready`": (
        "data/test_private_files.py::test_a_key_that_is_none_is_refused_at_the_start "
        "data/test_private_files.py::test_a_key_that_is_lost_while_the_site_runs_is_told"
    ),
    "signs that nobody can read are left out before any page": (
        "webapp/test_typed.py::test_no_database_is_asked_for_them"
    ),
    "every value is held against its column before a statement goes out, on both databases": (
        "data/test_column_limits.py::test_every_column_refuses_what_it_cannot_hold"
    ),
    "a number that is none is no JSON": "webapp/test_typed.py::test_a_number_that_is_none_is_no_document",
    "5,000 odd calls a run, every rule by every role, meet no 5xx, and nothing of them is in the log": (
        "webapp/test_odd_values.py::test_no_rule_breaks_whoever_asks_it_for_whatever"
    ),
    "for each connection the name is resolved once, each address it means is looked at (IPv4, IPv6, one inside"
    " the other), and that address is connected to": (
        "data/test_guarded_web.py::test_a_name_that_means_this_machine_is_not_asked_at_once_or_later "
        "data/test_guarded_web.py::test_no_spelling_of_this_machine_is_asked "
        "data/test_guarded_web.py::test_what_is_not_public_is_known"
    ),
    "redirects too": "data/test_guarded_web.py::test_a_redirect_goes_the_same_way",
    "`MOBILITY_INNER_HOSTS` lists what may be asked": (
        "data/test_guarded_web.py::test_what_a_setting_lists_may_be_asked"
    ),
    "feeds (600 MB, a file 400 MB and 40 times its size), sheets and their XML (80 MB) stop at a size that "
    "their message tells, before it is in memory": (
        "gtfs/test_feed_files.py::test_a_zip_that_unzips_to_too_much_is_refused_before_it_is_read "
        "gtfs/test_feed_files.py::test_a_zip_that_lies_about_its_size_is_refused "
        "data/test_spreadsheets.py::test_what_cannot_be_read_is_told"
    ),
    "lines and cells of sheets, the empty ones too, are counted before any is made": (
        "data/test_spreadsheets.py::test_what_cannot_be_read_is_told"
    ),
    "extracts of roads (`.pbf`, `.gz`, `.bz2`) are counted before they are read: 12 GB, twenty times their "
    "size (XML: sixty), 200,000 elements a block, 40 million points of roads and 1.5 million barriers": (
        "routing/test_osm_bounds.py::test_a_bomb_is_counted_and_refused "
        "routing/test_osm_bounds.py::test_countless_elements_are_refused_however_badly_they_pack "
        "routing/test_osm_bounds.py::test_roads_of_more_points_than_the_machine_holds_are_refused "
        "routing/test_osm_bounds.py::test_barriers_without_number_are_refused"
    ),
    "every page, map, Atom feed, agenda, table and print shows it as text": (
        "webapp/test_stored_markup.py::test_markup_is_text_wherever_it_is_shown"
    ),
    "proven by a walk of the site in which every typed column holds markup, and by a browser on maps": (
        "webapp/test_stored_markup.py::test_markup_is_text_wherever_it_is_shown "
        "e2e/test_markup.py::test_the_words_of_a_map_are_words"
    ),
    "`check` does what `restore` does up to the swap, and tells table, line and column of what it refuses": (
        "data/test_strange_backups.py::test_rows_of_no_table_are_refused_alike_at_the_check_and_when_put_in"
    ),
    "`make` makes none that it would refuse": (
        "data/test_strange_backups.py::test_no_backup_is_made_that_could_not_be_restored"
    ),
    "no name leads outside the folder": (
        "data/test_restoring.py::test_a_part_that_belongs_into_no_backup_is_refused_at_its_check "
        "data/test_restoring.py::test_no_link_leads_out_of_the_folder"
    ),
    "files and rows land together or not at all, killed at any step": (
        "data/test_restoring.py::test_a_restore_killed_at_any_step_lands_whole_or_not_at_all"
    ),
    "`make --encrypt` (age: to a public key, or by a passphrase: 400 MB)": (
        "data/test_sealed_backup.py::test_a_sealed_backup_opens_with_its_key_alone "
        "data/test_sealed_backup.py::test_a_passphrase_seals_and_opens_no_more_than_memory_holds"
    ),
    "one in the clear says so": "cli/test_backup.py::test_the_command_line_backs_up_and_restores",
    "that one was made or restored is in the journal": (
        "cli/test_backup.py::test_the_command_line_backs_up_and_restores"
    ),
    "to each question there are two answers, that someone could drive (as a volunteer, or sharing a trip) or "
    'nobody: hours, kilometres and the sum "from" are of the way that was asked for': (
        "webapp/test_whereabouts.py::test_many_questions_do_not_tell_where_a_lone_volunteer_lives"
    ),
    "no driver's hour, detour, number, order or obstacle is told": (
        "webapp/test_whereabouts.py::test_no_page_tells_more_than_that_someone_could_drive"
    ),
    "the exact sum is at the desk and behind the private links of a proposal": (
        "webapp/test_whereabouts.py::test_no_page_tells_more_than_that_someone_could_drive"
    ),
    "ends are rounded to about a kilometre, lengths and circles are measured between the rounded ends": (
        "webapp/test_standard.py::test_journeys_are_those_of_drivers_blurred_and_without_names"
    ),
    "volunteers, who drive from home, are never listed": (
        "webapp/test_standard.py::test_journeys_are_those_of_drivers_blurred_and_without_names"
    ),
    "small counts ([decision 010](decisions/010-small-counts.md))": (
        "mobility/test_disclosure.py::test_what_few_make_up_is_not_told "
        "mobility/test_disclosure.py::test_figures_change_with_their_periods"
    ),
    "32 MiB of a form": "webapp/test_shown_tables.py::test_what_is_sent_and_larger_than_is_read_says_what_to_do",
    "200,000 cells of a workbook, any number as CSV": (
        "webapp/test_shown_tables.py::test_what_is_too_large_for_a_workbook_says_what_to_do"
    ),
    "`/health` answers within a second, a search within three, with one process or several": (
        "webapp/test_listening.py::test_a_thousand_half_sent_requests_leave_the_site_quick"
    ),
    "each ends after 20 s (a body: 30 s and 500 bytes a second), heads over 32 KiB and bodies over 401 MiB are"
    " refused, and where all connections are taken those that wait longest make room "
    "(`docs/decisions/011-server.md`)": (
        "webapp/test_listening.py::test_a_request_that_comes_drop_by_drop_ends "
        "webapp/test_listening.py::test_a_head_without_end_is_refused "
        "webapp/test_listening.py::test_a_body_without_end_is_refused "
        "webapp/test_listening.py::test_whoever_waits_longest_makes_room"
    ),
    "they wait in a file, not in a thread, and end after a minute without a byte": (
        "webapp/test_listening.py::test_answers_that_nobody_reads_keep_nobody_waiting "
        "webapp/test_listening.py::test_a_connection_without_a_byte_ends"
    ),
    "pages are shown, what they keep to be quicker is made anew (a figure of people that nobody was told in "
    "its period is left out of them)": (
        "webapp/test_full_disk.py::test_every_address_that_only_reads_is_shown_on_a_disk_that_can_only_be_read"
    ),
    "what would write, a trace of who looked at names too, is answered 503 in plain words, nothing is lost or "
    "half-written, `/ready` fails": (
        "webapp/test_full_disk.py::test_what_would_write_is_refused_in_plain_words_and_done_once_there_is_room"
    ),
    "its copy is served and `/ready` names it": (
        "webapp/test_staying_up.py::test_a_damaged_plan_is_served_from_its_copy_and_told "
        "webapp/test_staying_up.py::test_a_damaged_season_is_served_from_its_copy_and_told "
        "webapp/test_staying_up.py::test_damaged_identifiers_are_told_and_put_right_by_the_next_start"
    ),
    "other kept files are put aside and made anew": (
        "webapp/test_damaged_files.py::test_every_page_is_shown_and_the_next_start_mends_what_it_can"
    ),
    "the database's trouble names `mobility backup restore`": (
        "webapp/test_staying_up.py::test_a_damaged_database_names_the_way_back"
    ),
    "acknowledged writes stay, others are whole or absent": (
        "desks/test_person_kill.py::test_a_list_is_kept_whole_or_not_at_all "
        "desks/test_ride_kill.py::test_a_proposal_lands_whole_or_not_at_all"
    ),
    "the next start goes on": "webapp/test_staying_up.py::test_the_start_after_a_cut_migration_finishes_it",
    "bookings are taken, once each": (
        "webapp/test_staying_up.py::test_two_servers_on_one_state_take_every_booking_once "
        "webapp/test_staying_up.py::test_a_clock_set_back_an_hour_changes_nothing"
    ),
}
"""Where each clause is proven, by all its words: whoever changes one looks at its tests."""
_NUMBERS = {
    "five wrong tries": (guessing.MOST_AT_ONCE, 5),
    "an IPv6 network of 64 bits": (hosts.ONE_HOUSE, 64),
    "a quarter of an hour": (guessing.WINDOW, timedelta(minutes=15)),
    "25 a day": (guessing.MOST_A_DAY, 25),
    "at most once a day": (guessing.DAY, timedelta(days=1)),
    "(0600)": (private_files.OWNER_FILE, 0o600),
    "about a kilometre": (standard.BLUR, 2),
    "a thousand half-sent requests": (SLOW, 1000),
    "at least twelve letters": (passwords.SHORTEST, 12),
    "for 180 days": (known_browser.LIVES, timedelta(days=180)),
    "40 tries a minute": (LIMITS["rides.open_link"], "40/minute"),
    "5,000 odd calls": (CALLS, 5000),
    "600 MB, a file 400 MB and 40 times": (
        (feed_files.LARGEST, feed_files.LARGEST_FILE, feed_files.MOST_TIMES), (600_000_000, 400_000_000, 40)
    ),
    "12 GB, twenty times their size (XML: sixty)": (
        (osm_bounds.LARGEST, osm_bounds.MOST_TIMES, osm_bounds.MOST_TIMES_TEXT), (12_000_000_000, 20, 60)
    ),
    "200,000 elements a block, 40 million points of roads and 1.5 million barriers": (
        (osm_bounds.MOST_IN_BLOCK, osm_bounds.MOST_POINTS, osm_bounds.MOST_BARRIERS), (200_000, 40_000_000, 1_500_000)
    ),
    "80 MB": (sheet_archive.UNPACKED, 80_000_000),
    "by a passphrase: 400 MB": (sealed_files.LARGEST_BY_PASSPHRASE, 400_000_000),
    "32 MiB of a form": (sheets.LARGEST, 32 * 1024 * 1024),
    "200,000 cells": (shown_tables.MOST_CELLS, 200_000),
    "20 s (a body: 30 s and 500 bytes a second)": ((listening.HEAD, listening.BODY, listening.PACE), (20, 30, 500)),
    "heads over 32 KiB": (listening.LARGEST_HEAD, 32 * 1024),
    "bodies over 401 MiB": (listening.LARGEST_BODY, 401 * 1024 * 1024),
    "a minute without a byte": (listening.IDLE, 60),
}  # fmt: skip
"""What a number of the text is in the program, and what it says."""


def clauses():
    """Every clause of the last column of the tables."""
    for line in TOLD.splitlines():
        if line.startswith("| ") and "---" not in line:
            cell = line.strip("| ").rpartition(" | ")[2]
            if cell not in {"what stops them", "what holds"}:
                yield from re.split(r"; (?![^(]*\))", cell)


@pytest.mark.parametrize("clause", list(clauses()))
def test_each_promise_has_tests(clause):
    assert clause in PROMISES, "its words are new: do its tests hold them?"
    for proof in PROMISES[clause].split():
        file, _, name = proof.partition("::")
        assert re.search(rf"^def {name}\(", (ROOT / "tests" / file).read_text(encoding="utf-8"), re.MULTILINE), proof


def test_no_proof_is_of_a_promise_that_is_no_more():
    assert set(PROMISES) - set(clauses()) == set()


@pytest.mark.parametrize("words", _NUMBERS)
def test_each_number_is_the_programs_own(words):
    assert words in TOLD
    ours, told = _NUMBERS[words]
    assert ours == told


OF_NAMES = (
    "140 bits",
    "`.bz2`",
    "IPv4",
    "IPv6",
    "Argon2",
    "answered 503",
    "no 5xx",
    "decision 010",
    "010-small",
    "011-server",
)
"""Digits of names and answers, and what another test measures."""


@pytest.mark.parametrize("clause", PROMISES)
def test_no_number_is_held_by_nobody(clause):
    for words in sorted((*_NUMBERS, *OF_NAMES), key=len, reverse=True):
        clause = clause.replace(words, "")
    assert not re.search(r"\d", clause)


def test_secrets_are_as_long_as_they_are_said_to_be():
    letters, bits = len(set(first_word.LETTERS)), 140
    assert letters == len(first_word.LETTERS)
    assert f"of {bits} bits" in TOLD
    assert first_word.GROUPS * first_word.IN_A_GROUP * math.log2(letters) == bits
    # A private link, and that to a new password: 24 bytes as 32 letters.
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(r"[\w-]{32}", secret) for secret in made)


def test_passwords_are_kept_by_argon2(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'rides.sqlite'}")
    with store.writing() as tx:
        owner = add_account(tx, "chef@example.org", "Une responsable", [Grant(ADMINISTRATOR)], now=NOW)
    passwords.choose_password(store, owner, "une phrase bien longue")
    with store.reading() as tx:
        assert tx.scalar(select(accounts.c.password)).startswith("$argon2id$")
    store.close()
