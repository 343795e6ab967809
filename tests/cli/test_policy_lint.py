"""`federation policy lint`: text, JSON, SARIF and what each says to the shell."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from federation.cli.main import cli
from federation.cli.rendering.places import line_numbers, line_of
from federation.explaining.fixing import changed
from federation.explanation import ABSENT, Change
from federation.policy.lint import RULES
from tests.support.cli import Golden, Run
from tests.support.lint_examples import LINT_EXAMPLES
from tests.support.paths import REPOSITORY
from tests.support.world import GITHUB

ACCOUNT = "fixtures/account"
NOTES = ["subject-without-ids", "external-id-missing"]
"""What lint finds in it."""
PROVIDER = f"arn:aws:iam::123456789012:oidc-provider/{GITHUB}"


JOB = "repo:acme@65/app@74:environment:production"


def policy(sub: str, operator: str = "StringLike", **members: Any) -> str:
    condition = {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}, operator: {f"{GITHUB}:sub": sub}}
    if operator == "StringEquals":
        condition = {operator: {f"{GITHUB}:aud": "sts.amazonaws.com", f"{GITHUB}:sub": sub}}
    statement = {"Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, **members}]}, indent=2)


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    path = tmp_path / "wide.json"
    path.write_text(policy("repo:acme*"), encoding="utf-8")
    return path


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "sound.json"
    path.write_text(policy(JOB, "StringEquals"), encoding="utf-8")
    return path


def test_text(run: Run, golden: Golden, wide: Path, sound: Path) -> None:
    result = run("policy", "lint", sound, wide)
    assert result.exit_code == 1
    golden("policy-lint", result.stdout.replace(str(wide.parent), "…"))


def test_status(run: Run, wide: Path, sound: Path, tmp_path: Path) -> None:
    assert run("policy", "lint", sound, "--fail-on", "note").exit_code == 0
    assert run("policy", "lint", wide).exit_code == 1
    pull_request = tmp_path / "pull-request.json"
    pull_request.write_text(policy("repo:acme/app:pull_request", "StringEquals"), encoding="utf-8")
    assert run("policy", "lint", pull_request).exit_code == 0
    assert run("policy", "lint", pull_request, "--fail-on", "warning").exit_code == 1
    assert run("policy", "lint", "--account", ACCOUNT, "--fail-on", "warning").exit_code == 0
    for words in ((), (sound, "--account", ACCOUNT), (sound, "--json", "--sarif"), (tmp_path / "none.json",), (sound, "--kind", "x")):
        assert run("policy", "lint", *words).exit_code == 2
    broken = tmp_path / "broken.json"
    broken.write_bytes(b"\xff")
    assert run("policy", "lint", broken).exit_code == 2
    assert run("policy", "lint", "--account", tmp_path).exit_code == 3


def test_json(run: Run, wide: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"Version": "2012-10-17", "Statement": [{"Effect": "Maybe"}]}', encoding="utf-8")
    result = run("policy", "lint", wide, bad, "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert list(document) == ["files", "counts"]
    assert document["counts"] == {"error": 1, "warning": 0, "note": 0}
    good, refused = document["files"]
    assert list(good) == ["file", "accepted", "refusal", "findings"]
    assert (good["accepted"], good["refusal"]) == (True, None)
    [finding] = good["findings"]
    assert list(finding) == ["id", "severity", "path", "message", "remedy", "cause", "edits", "line"]
    [edit] = finding["edits"]
    assert finding["cause"]["sentence"] == finding["message"]
    assert (edit["instruction"], edit["old"], edit["new"]) == (finding["remedy"], '"repo:acme*"', '"repo:acme/<…>"')
    assert edit["place"] == {"owner": "policy", "file": str(wide), "line": finding["line"], "path": finding["path"]}
    assert edit["applicable"] is False
    assert wide.read_text(encoding="utf-8").splitlines()[finding["line"] - 1].strip().startswith(f'"{GITHUB}:sub"')
    assert (refused["accepted"], refused["refusal"]["code"], refused["findings"]) == (False, "MalformedPolicyDocument", [])
    assert refused["refusal"]["path"].startswith("$.Statement[0]")


def test_what_iam_would_not_store_is_linted_all_the_same(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    path.write_text(policy("*"), encoding="utf-8")
    [file] = json.loads(run("policy", "lint", path, "--json").stdout)["files"]
    assert (file["accepted"], file["refusal"]["check"]) == (False, "policy-shared-issuer")
    assert [finding["id"] for finding in file["findings"]] == ["shared-issuer-unscoped"]
    path.write_text('{"Statement": {"Effect": "Allow"}}', encoding="utf-8")
    assert "documents that IAM would not store: 1\nfindings: error 0" in run("policy", "lint", path).stdout


def test_kinds_and_standard_input(run: Run) -> None:
    identity = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}}'
    result = run("policy", "lint", "-", "--kind", "identity", "--json", stdin=identity)
    assert [each["id"] for each in json.loads(result.stdout)["files"][0]["findings"]] == ["allow-notaction"]
    assert run("policy", "lint", "-", stdin=identity).exit_code == 1, "no trust policy"


def test_a_file_name_paints_nothing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "\u202egnp.\x1b[2J.json"
    path.write_text(policy("repo:acme*"), encoding="utf-8")
    result = run("policy", "lint", path)
    assert result.exit_code == 1
    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout


@pytest.fixture
def account(run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "account"
    assert run("account", "init", path, "--account-id", "123456789012").exit_code == 0
    role = {"RoleName": "Deploy", "AssumeRolePolicyDocument": json.loads(policy("repo:acme*"))}
    (path / "roles" / "Deploy.json").write_text(json.dumps(role, indent=2), encoding="utf-8")
    return path


def test_an_account(run: Run, account: Path) -> None:
    result = run("policy", "lint", "--account", account, "--json")
    assert result.exit_code == 1
    [file] = json.loads(result.stdout)["files"]
    assert file["file"] == str(account / "roles" / "Deploy.json")
    assert [(each["id"], each["severity"]) for each in file["findings"]] == [
        ("subject-too-wide", "error"),
        ("provider-unregistered", "warning"),
    ]
    for finding in file["findings"]:
        assert finding["path"].startswith("$.AssumeRolePolicyDocument.Statement[0].")
        assert finding["line"] > 5
    assert json.loads(run("policy", "lint", "--account", account, "--kind", "identity", "--json").stdout)["files"] == []


def test_lines_of_a_role_as_get_role_prints_it(run: Run, account: Path) -> None:
    path = account / "roles" / "Deploy.json"
    plain = json.loads(run("policy", "lint", "--account", account, "--json").stdout)["files"][0]["findings"]
    path.write_text('{"Role":\n' + path.read_text(encoding="utf-8") + "}", encoding="utf-8")
    wrapped = json.loads(run("policy", "lint", "--account", account, "--json").stdout)["files"][0]["findings"]
    assert [each["line"] for each in wrapped] == [each["line"] + 1 for each in plain]
    assert [each["path"] for each in wrapped] == [each["path"] for each in plain]


def test_account_check_shows_findings_which_are_no_faults(run: Run, account: Path) -> None:
    result = run("account", "check", "--account", account)
    assert result.exit_code == 0
    assert "✗ error: subject-too-wide roles/Deploy.json" in result.stdout
    document = json.loads(run("account", "check", "--account", account, "--json").stdout)
    assert document["sound"] is True
    assert [finding["file"] for finding in document["findings"]] == ["roles/Deploy.json"] * 2
    assert [each["id"] for each in json.loads(run("account", "check", "--account", ACCOUNT, "--json").stdout)["findings"]] == NOTES


def test_sarif(run: Run, wide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = tmp_path / "not a policy.json"
    bad.write_text("{}", encoding="utf-8")
    result = run("policy", "lint", wide, bad, "--sarif")
    assert result.exit_code == 1
    log = json.loads(result.stdout)
    check_sarif(log)
    results = log["runs"][0]["results"]
    assert [each["ruleId"] for each in results] == ["subject-too-wide", "policy-refused"]
    uris = [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results]
    assert uris == [wide.as_uri(), bad.as_uri()], "outside the working directory"
    assert "%20" in uris[1]
    inside = json.loads(run("policy", "lint", "--account", ACCOUNT, "--sarif").stdout)
    check_sarif(inside)
    assert [each["ruleId"] for each in inside["runs"][0]["results"]] == NOTES
    again = run("policy", "lint", wide, bad, "--sarif")
    assert again.stdout == result.stdout, "fingerprints are stable"
    standard_input = json.loads(run("policy", "lint", "-", "--sarif", stdin="{}").stdout)
    check_sarif(standard_input)


def check_fixes(result: dict[str, Any]) -> None:
    """What SARIF 2.1.0 requires of fixes (sections 3.55 to 3.57, 3.30)."""
    for fix in result["fixes"]:
        assert fix["description"]["text"]
        for change in fix["artifactChanges"]:
            assert change["artifactLocation"]["uri"] == result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            for replacement in change["replacements"]:
                assert set(replacement) == {"deletedRegion", "insertedContent"}
                region = replacement["deletedRegion"]
                start, end = (region["startLine"], region["startColumn"]), (region["endLine"], region["endColumn"])
                assert (1, 1) <= start <= end
                assert isinstance(replacement["insertedContent"]["text"], str)


def check_sarif(log: dict[str, Any]) -> None:
    """What SARIF 2.1.0 requires of the members that are used (sections 3.13, 3.14, 3.19, 3.27, 3.29, 3.30, 3.33, 3.49)."""
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    [run] = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "federation"
    assert re.fullmatch(r"\d+\.\d+\.\d+", driver["semanticVersion"])
    assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
    rules = driver["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules) > len(RULES)
    for rule in rules:
        assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}
        assert rule["shortDescription"]["text"].endswith(".")
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert result["message"]["text"]
        if "fixes" in result:
            check_fixes(result)
        assert all(re.fullmatch(r"[0-9a-f]{64}", value) for value in result["partialFingerprints"].values())
        for location in result["locations"]:
            assert location["physicalLocation"]["region"]["startLine"] >= 1
            assert re.fullmatch(r"[A-Za-z0-9%/._~:-]+", location["physicalLocation"]["artifactLocation"]["uri"])
            assert all(each["fullyQualifiedName"].startswith("$") for each in location["logicalLocations"])


def fixed_by_sarif(text: str, result: dict[str, Any]) -> str:
    """*text* with the replacements of the first fix made, as a code-scanning service makes them."""
    lines = text.split("\n")
    offsets = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    for change in result["fixes"][0]["artifactChanges"]:
        for replacement in change["replacements"]:
            region = replacement["deletedRegion"]
            start = offsets[region["startLine"] - 1] + region["startColumn"] - 1
            end = offsets[region["endLine"] - 1] + region["endColumn"] - 1
            text = text[:start] + replacement["insertedContent"]["text"] + text[end:]
    return text


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_fixes_of_sarif_are_the_edits(run: Run, tmp_path: Path, newline: str) -> None:
    examples = {f"{number}.json": each for number, each in enumerate(LINT_EXAMPLES) if each.kind == "trust"}
    for name, each in examples.items():
        (tmp_path / name).write_bytes(json.dumps(each.document, indent=2).replace("\n", newline).encode())
    log = json.loads(run("policy", "lint", *(tmp_path / name for name in examples), "--sarif").stdout)
    check_sarif(log)
    mended = set()
    for result in log["runs"][0]["results"]:
        name = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].rpartition("/")[2]
        assert result["ruleId"] == "policy-refused" or result["properties"]["edits"]
        if result["ruleId"] != examples[name].rule or "fixes" not in result:
            continue
        text = fixed_by_sarif((tmp_path / name).read_bytes().decode(), result)
        [edit] = [edit for edit in result["properties"]["edits"] if edit["applicable"]]
        changes = [Change(path=each["path"], old=each.get("old", ABSENT), new=each.get("new", ABSENT)) for each in edit["changes"]]
        assert json.loads(text) == changed(examples[name].document, changes)
        mended.add(name)
    assert mended == {name for name, each in examples.items() if each.applied and not each.placed}


def test_a_fix_is_printed_and_the_file_stays(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "trust.json"
    path.write_text(policy("acme/app:environment:production", "StringEquals"), encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    result = run("policy", "lint", path, "--fix", "--fail-on", "warning")
    assert result.exit_code == 1, "the file as it is"
    assert result.stdout == before.replace('"acme/app', '"repo:acme/app') + "\n"
    assert path.read_text(encoding="utf-8") == before
    for words in ("acme/app:environment:production", "repo:acme/app:environment:production", "lets in"):
        assert words in result.stderr
    document = json.loads(run("policy", "lint", path, "--fix", "--json").stdout)
    assert list(document) == ["file", "edits", "policy"]
    assert document["policy"] == json.loads(result.stdout)
    assert len(document["edits"]) == 1


def test_what_no_program_can_mend_is_left_to_the_hand(run: Run, wide: Path) -> None:
    result = run("policy", "lint", wide, "--fix")
    assert result.exit_code == 1
    assert result.stdout.rstrip("\n") == wide.read_text(encoding="utf-8")
    assert "by hand" in result.stderr
    assert '"repo:acme/<…>"' in result.stderr


def test_a_fix_is_written_and_looked_at_again(run: Run, wide: Path, tmp_path: Path) -> None:
    path = tmp_path / "trust.json"
    path.write_text(policy("acme@65/app@74:environment:production", "StringEquals"), encoding="utf-8")
    untouched = wide.read_bytes()
    result = run("policy", "lint", path, wide, "--fix", "--write")
    assert result.exit_code == 1, "wide stays as it is"
    assert path.read_text(encoding="utf-8") == policy(JOB, "StringEquals")
    assert wide.read_bytes() == untouched
    assert "findings: error 1, warning 0, note 0" in result.stdout
    assert "written" in result.stderr
    assert run("policy", "lint", path, "--fail-on", "note").exit_code == 0


def test_fixes_of_an_account_are_written(run: Run, account: Path) -> None:
    path = account / "roles" / "Deploy.json"
    role = path.read_text(encoding="utf-8").replace("repo:acme*", "acme/app:ref:refs/heads/*")
    path.write_text(f'{{"Role":\n{role}}}', encoding="utf-8")
    result = run("policy", "lint", "--account", account, "--fix", "--write", "--json")
    assert result.exit_code == 0
    [file] = json.loads(result.stdout)["files"]
    assert [each["id"] for each in file["findings"]] == ["subject-without-ids", "provider-unregistered"]
    assert '"repo:acme/app:ref:refs/heads/*"' in path.read_text(encoding="utf-8")


def test_usage_of_fix(run: Run, sound: Path, wide: Path, tmp_path: Path) -> None:
    account = ("--account", ACCOUNT, "--fix")
    for words in ((sound, "--write"), (sound, wide, "--fix"), account, ("-", "--fix", "--write"), (sound, "--fix", "--sarif")):
        assert run("policy", "lint", *words, stdin="{}").exit_code == 2, words
    broken = tmp_path / "broken.json"
    broken.write_text("[]", encoding="utf-8")
    result = run("policy", "lint", broken, "--fix")
    assert result.exit_code == 1
    assert "IAM would not store this document" in result.stdout, "it is no policy: nothing can be mended"


def test_what_iam_would_not_store_is_mended(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "trust.json"
    text = policy(JOB, "StringEquals")
    path.write_text(
        text.replace("Condition", "Conditions").replace("Allow", "allow").replace("StringEquals", "stringequals"), encoding="utf-8"
    )
    shown = run("policy", "lint", path)
    assert (shown.exit_code, "AWS says (API): Syntax errors in policy." in shown.stdout) == (1, True)
    assert "  edit    write Condition" in shown.stdout.splitlines()
    [file] = json.loads(run("policy", "lint", path, "--json").stdout)["files"]
    assert file["refusal"]["cause"]["place"]["line"] == 4
    assert [(edit["old"], edit["new"], edit["applicable"]) for edit in file["refusal"]["edits"]] == [('"Conditions"', '"Condition"', True)]
    log = json.loads(run("policy", "lint", path, "--sarif").stdout)
    check_sarif(log)
    [result] = log["runs"][0]["results"]
    assert '"Condition":' in fixed_by_sarif(path.read_text(encoding="utf-8"), result)
    mended = run("policy", "lint", path, "--fix")
    assert mended.stdout.strip() == text
    assert run("policy", "lint", path, "--fix", "--write", "--fail-on", "note").exit_code == 0
    assert path.read_text(encoding="utf-8") == text


def test_no_line_is_longer_than_the_screen(tmp_path: Path) -> None:
    for number, each in enumerate(LINT_EXAMPLES):
        (tmp_path / f"{number}.json").write_text(json.dumps(each.document, indent=2), encoding="utf-8")
    words = ["policy", "lint", *(str(tmp_path / f"{number}.json") for number in range(len(LINT_EXAMPLES)))]
    printed = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "80"}).invoke(cli, words).stdout
    assert [line for line in printed.splitlines() if len(line) > 80] == []
    assert "\x1b" not in printed


def test_a_command_tells_what_it_took(run: Run, account: Path, wide: Path) -> None:
    added = run("account", "add-role", "--account", account, "--role-name", "Other", "--trust-policy", wide)
    assert added.exit_code == 0
    first, *rest = added.stdout.splitlines()
    assert first == "✓ added the role arn:aws:iam::123456789012:role/Other"
    assert rest[0].startswith("✗ error: subject-too-wide roles/Other.json:")
    assert '    new   "repo:acme/<…>"' in rest
    assert "Deploy" not in added.stdout.partition("\n")[2], "only what was taken"
    assert rest[-1].startswith("  next    federation policy lint --account ")
    document = json.loads(run("account", "add-role", "--account", account, "--role-name", "Third", "--trust-policy", wide, "--json").stdout)
    assert list(document) == ["arn", "findings"]
    assert [(each["file"], each["id"]) for each in document["findings"]] == [
        ("roles/Third.json", "subject-too-wide"),
        ("roles/Third.json", "provider-unregistered"),
    ]
    assert all(each["edits"] and each["line"] > 1 for each in document["findings"])


def test_an_import_tells_what_it_took(run: Run, account: Path, tmp_path: Path) -> None:
    role = json.loads((account / "roles" / "Deploy.json").read_text(encoding="utf-8"))
    arn = "arn:aws:iam::123456789012:role/Imported"
    details = {"RoleDetailList": [{**role, "RoleName": "Imported", "Arn": arn, "Path": "/", "RoleId": "AROACLKWSDQRAOEXAMPL2"}]}
    answers = tmp_path / "details.json"
    answers.write_text(json.dumps({**details, "UserDetailList": [], "GroupDetailList": [], "Policies": []}), encoding="utf-8")
    taken = run("account", "import", "--account", account, answers)
    assert taken.exit_code == 0, taken.stderr
    assert "✗ error: subject-too-wide roles/Imported.json:" in taken.stdout
    assert "roles/Deploy.json" not in taken.stdout
    again = json.loads(run("account", "import", "--account", account, answers, "--json").stdout)
    assert again["unchanged"] == [arn]
    assert again["findings"] == []


def test_of_many_findings_the_worst_are_told(run: Run, account: Path, tmp_path: Path) -> None:
    role = json.loads((account / "roles" / "Deploy.json").read_text(encoding="utf-8"))
    worse, mild = role["AssumeRolePolicyDocument"], json.loads(policy("repo:acme@65/app@74:*"))
    roles = [
        {
            "RoleName": f"R{n}",
            "Arn": f"arn:aws:iam::123456789012:role/R{n}",
            "Path": "/",
            "AssumeRolePolicyDocument": worse if n == 12 else mild,
        }
        for n in range(13)
    ]
    answers = tmp_path / "details.json"
    answers.write_text(json.dumps({"RoleDetailList": roles, "UserDetailList": [], "GroupDetailList": [], "Policies": []}), encoding="utf-8")
    told = run("account", "import", "--account", account, answers).stdout
    headings = [line for line in told.splitlines() if line[0] in "✗!·"]
    assert headings[0].startswith("✗ error: subject-too-wide roles/R12.json:")
    assert len(headings) == 10
    assert "and 16 more: federation policy lint" in told


def test_the_marks_stand_under_what_is_wrong(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "trust.json"
    path.write_text(
        policy("repo:acme/app:environment:production", "StringEquals").replace(f"{GITHUB}:aud", f"{GITHUB}:oudd"), encoding="utf-8"
    )
    lines = run("policy", "lint", path).stdout.splitlines()
    [at] = [number for number, line in enumerate(lines) if f'"{GITHUB}:oudd": ' in line and " | " in line]
    begin, end = lines[at + 1].index("^"), lines[at + 1].rindex("^") + 1
    assert lines[at][begin:end] == f'"{GITHUB}:oudd"'


def test_places() -> None:
    text = '{\n "a": [1, {"b.c": "]}"},\n  [\n   {}, "x"]],\n "A\\u0042": {\n  "d": null}\n}'
    lines = line_numbers(text)
    assert lines == {
        "$": 1,
        "$.a": 2,
        "$.a[0]": 2,
        "$.a[1]": 2,
        '$.a[1]["b.c"]': 2,
        "$.a[2]": 3,
        "$.a[2][0]": 4,
        "$.a[2][1]": 4,
        "$.AB": 5,
        "$.AB.d": 6,
    }
    assert line_of(lines, '$.AB.d["x.y"].z') == 6
    assert line_of(lines, "$.nothing") == 1
    for damaged in ("", "]}", '{"a', "[,,]", '{"\\u": 1}', "::", '{"a" "b"'):
        assert line_of(line_numbers(damaged), "$.x") == 1
    assert (
        line_numbers(REPOSITORY.joinpath("fixtures/account/roles/TestSaml.json").read_text(encoding="utf-8"))["$.MaxSessionDuration"] > 20
    )
