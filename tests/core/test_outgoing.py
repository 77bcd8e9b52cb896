"""What the portal asks of the outside: which addresses never, and how much of an answer at most."""

import gzip
import io
import socket
import ssl
import subprocess
import threading

import pytest

from core.outgoing import AskFailed, AskRefused, Limits, ask, look_at_address
from core.outgoing.addresses import is_public, public_addresses_of
from tests.outside import LOCAL, running

SMALL = Limits(bytes=2000, seconds=5, quiet_seconds=5)


@pytest.fixture
def outside(settings):
    settings.OUTGOING_PRIVATE_NETWORKS = [LOCAL]
    with running() as server:
        yield server


def read(address, *, method="GET", **options):
    with ask(method, address, **options) as answer:
        return answer.status, b"".join(answer.chunks())


def names(monkeypatch, **known):
    """The names that exist in the world of this test, each with its addresses; a list of lists is one per question."""
    real, told = socket.getaddrinfo, {name.replace("_", "."): list(found) for name, found in known.items()}
    asked = []

    def getaddrinfo(host, port, *args, **kwargs):
        if host not in told:
            return real(host, port, *args, **kwargs)
        asked.append(host)
        found = told[host]
        if found and isinstance(found[0], list):
            found = found.pop(0) if len(found) > 1 else found[0]
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


# Addresses


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "address_not_web"),
        ("courses.xml", "address_not_web"),
        ("ftp://example.org/courses.xml", "address_not_web"),
        ("file:///etc/passwd", "address_not_web"),
        ("gopher://example.org/", "address_not_web"),
        ("http://", "address_not_web"),
        ("https:///courses.xml", "address_not_web"),
        ("https://example.org/a b", "address_not_web"),
        ("https://example.org/\r\nHost: other", "address_not_web"),
        ("https://example.org\\@127.0.0.1/", "address_not_web"),
        ("https://exa mple.org/", "address_not_web"),
        ("https://example.org:99999/", "address_not_web"),
        ("https://example.org:port/", "address_not_web"),
        ("https://[::1/", "address_not_web"),
        ("https://[fe80::1%25eth0]/", "address_not_web"),
        ("https://ex..ample.org/", "address_not_web"),
        ("https://%31%32%37.0.0.1/", "address_not_public"),
        ("https://" + "a" * 2000 + ".org/", "address_not_web"),
        ("https://example.org/" + "é" * 1000, "address_too_long"),
        ("https://somebody:secret@example.org/", "address_has_password"),
        ("https://example.org@127.0.0.1/", "address_has_password"),
        ("https://example.org:22/", "address_port"),
        ("https://example.org:25/", "address_port"),
        ("http://2130706433/", "address_not_public"),
        ("http://0x7f000001/", "address_not_public"),
        ("http://0177.0.0.1/", "address_not_public"),
        ("http://127.1/", "address_not_public"),
        ("http://127.0.0.0x1/", "address_not_public"),
        ("http://127.0.0.01/", "address_not_public"),
        ("http://1.2.3.4.5/", "address_not_public"),
    ],
)
def test_what_is_no_address_of_the_web_is_refused_before_anybody_is_asked(address, code):
    with pytest.raises(AskRefused) as refused:
        look_at_address(address)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("address", "whole"),
    [
        ("https://Example.ORG", "https://example.org/"),
        ("https://example.org.:443/a?b=c#d", "https://example.org/a?b=c"),
        ("http://example.org:8080/a", "http://example.org:8080/a"),
        ("https://bücher.example/kürse", "https://xn--bcher-kva.example/k%C3%BCrse"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2001:4860:4860:0:0:0:0:8888]/a", "https://[2001:4860:4860::8888]/a"),
    ],
)
def test_an_address_is_taken_apart_once_and_written_one_way(address, whole):
    assert look_at_address(address).address == whole


@pytest.mark.parametrize(
    "inside",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0",  # noqa: S104 - to be refused
        "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "168.63.129.16", "203.0.113.7", "192.88.99.1",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808",
        "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:808:808::1", "2001:0:7f00:1::", "2001:db8::1", "fe80::1", "fec0::1",
        "fc00::1", "fd00:ec2::254", "ff02::1", "100::1", "5f00::1", "3fff::1",
    ],
)  # fmt: skip
def test_a_name_that_stands_for_a_private_address_is_not_asked(monkeypatch, inside):
    names(monkeypatch, inside_example=[inside])

    with pytest.raises(AskRefused) as refused:
        public_addresses_of("inside.example", 443)

    assert refused.value.code == "address_not_public"
    assert inside not in str(refused.value)


@pytest.mark.parametrize("public", ["8.8.8.8", "93.184.215.14", "2001:4860:4860::8888", "2a00:1450:4009::1"])
def test_a_name_that_stands_for_a_public_address_is(monkeypatch, public):
    names(monkeypatch, open_example=["10.0.0.1", public])

    assert [str(address) for address in public_addresses_of("open.example", 443)] == [public]


def test_an_unknown_name_is_refused_in_the_same_words_as_one_inside(monkeypatch):
    names(monkeypatch, inside_example=["10.0.0.1"])
    said = []
    for name in ("inside.example", "nobody.invalid"):
        with pytest.raises(AskRefused) as refused:
            public_addresses_of(name, 443)
        said.append(str(refused.value).replace(name, "NAME"))

    assert said[0] == said[1]


def test_what_tests_and_demonstrations_allow_is_allowed_and_nothing_beside_it(settings):
    from ipaddress import ip_address

    settings.OUTGOING_PRIVATE_NETWORKS = [LOCAL]

    assert is_public(ip_address("127.0.0.1"))
    assert not is_public(ip_address("10.0.0.1"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
def test_this_very_machine_is_never_reached(host):
    with running() as server:
        server.serve(body=b"secret")
        with pytest.raises(AskRefused) as refused:
            read(server.url(host=host))

    assert refused.value.code == "address_not_public"
    assert server.asked == []


def test_a_name_that_changes_its_answer_after_it_was_checked_changes_nothing(monkeypatch, settings):
    """Rebinding: resolved once, and connected to what was checked."""
    settings.OUTGOING_PRIVATE_NETWORKS = ["127.0.0.2/32"]  # stands for the public internet here
    asked = names(monkeypatch, turning_example=[["127.0.0.2"], ["127.0.0.1"]])

    with running() as server:
        server.serve(body=b"secret")
        with pytest.raises(AskFailed) as failed:
            read(server.url(host="turning.example"), limits=SMALL)

    assert failed.value.code == "connection_failed"  # nobody listens on .2; .1 was never tried
    assert asked == ["turning.example"]
    assert server.asked == []


# Answers


def test_an_answer_is_read_and_the_other_side_is_told_who_asks(outside, settings):
    settings.PORTAL_NAME, settings.PORTAL_ADDRESS = "Next Step", "https://next-step.example"
    url = outside.serve(body=b"<catalog/>", etag='"one"')

    with ask("GET", url, headers={"If-None-Match": '"none"'}) as answer:
        assert (answer.status, answer.headers["etag"], answer.address) == (200, '"one"', url)
        assert b"".join(answer.chunks()) == b"<catalog/>"

    method, path, headers = outside.asked[0]
    assert (method, path) == ("GET", "/courses.xml")
    assert headers["host"] == f"127.0.0.1:{outside.port}"
    assert headers["user-agent"] == "Next-Step (+https://next-step.example)"
    assert headers["if-none-match"] == '"none"'


def test_the_name_in_the_address_is_what_the_other_side_is_called(outside, monkeypatch):
    names(monkeypatch, college_example=["127.0.0.1"])
    outside.serve(body=b"x")

    read(outside.url(host="college.example"))

    assert outside.asked[0][2]["host"] == f"college.example:{outside.port}"


def test_content_is_sent_and_nothing_but_get_and_head_is_led_on(outside):
    outside.serve("/hook", status=307, location="/elsewhere")

    assert read(outside.url("/hook"), method="POST", content=b"{}")[0] == 307
    assert [question[1] for question in outside.asked] == ["/hook"]
    assert outside.asked[0][2]["content-length"] == "2"


def test_a_redirect_is_followed_and_checked_like_the_first_address(outside):
    outside.serve("/old", status=301, location="/new")
    outside.serve("/new", body=b"here")
    assert read(outside.url("/old")) == (200, b"here")

    for to, code in (
        ("http://10.0.0.1/", "address_not_public"),
        ("http://169.254.169.254/latest/meta-data/", "address_not_public"),
        ("file:///etc/passwd", "address_not_web"),
        ("http://name:word@example.org/", "address_has_password"),
        ("http://[half/", "address_not_web"),
        ("//example.org]/", "address_not_web"),
        ("//example.org:99999/", "address_not_web"),
    ):
        outside.serve("/away", status=302, location=to)
        with pytest.raises(AskRefused) as refused:
            read(outside.url("/away"))
        assert refused.value.code == code


def test_a_ring_of_redirects_is_left_after_five(outside):
    outside.serve("/ring", status=302, location="/ring")

    with pytest.raises(AskRefused) as refused:
        read(outside.url("/ring"))

    assert refused.value.code == "redirect_too_many"
    assert len(outside.asked) == 6


def test_an_answer_that_says_it_is_too_big_is_not_read(outside):
    url = outside.serve(body=b"x" * 2001)

    with pytest.raises(AskRefused) as refused, ask("GET", url, limits=SMALL):
        pytest.fail("the length was said before")

    assert refused.value.code == "answer_too_big"


def endless(handler):
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 1000)


def test_an_answer_without_a_length_or_an_end_is_stopped_at_the_limit(outside):
    outside.pages["/endless"] = endless

    with pytest.raises(AskRefused) as refused:
        read(outside.url("/endless"), limits=SMALL)

    assert refused.value.code == "answer_too_big"


def test_a_packed_answer_is_unpacked_and_a_bomb_is_stopped_at_the_limit(outside):
    good, bomb = gzip.compress(b"courses"), gzip.compress(b"0" * 50_000_000)
    outside.serve("/good", body=good + gzip.compress(b" and more"), content_encoding="gzip")
    outside.serve("/bomb", body=bomb, content_encoding="gzip")
    outside.serve("/half", body=good[:-4], content_encoding="gzip")
    outside.serve("/not", body=b"courses", content_encoding="gzip")
    outside.serve("/brotli", body=b"courses", content_encoding="br")
    taken = []

    assert read(outside.url("/good")) == (200, b"courses and more")
    with pytest.raises(AskRefused) as refused, ask("GET", outside.url("/bomb"), limits=Limits(bytes=100_000)) as answer:
        taken.extend(len(chunk) for chunk in answer.chunks())
    assert refused.value.code == "answer_too_big"
    assert sum(taken) <= 100_000
    for path in ("/half", "/not"):
        with pytest.raises(AskFailed) as failed:
            read(outside.url(path))
        assert failed.value.code == "answer_broken"
    with pytest.raises(AskRefused) as packed:
        read(outside.url("/brotli"))
    assert packed.value.code == "answer_packed"


def test_an_answer_that_breaks_off_is_not_taken_for_a_whole_one(outside):
    outside.serve(body=b"<catalog>", content_length="5000")

    with pytest.raises(AskFailed) as failed:
        read(outside.url())

    assert failed.value.code == "answer_broken"


@pytest.mark.parametrize("where", ["head", "content"])
def test_an_answer_that_comes_drop_by_drop_is_stopped_when_its_time_is_up(outside, where):
    """Each drop comes well within the quiet time, so only the time for all of it can end this."""
    is_over = threading.Event()

    def drip(handler):
        if where == "content":
            handler.send_response(200)
            handler.end_headers()
        while not is_over.wait(0.05):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    outside.pages["/drip"] = drip
    try:
        with pytest.raises(AskFailed) as failed:
            read(outside.url("/drip"), limits=Limits(seconds=1, quiet_seconds=0.9))
    finally:
        is_over.set()

    assert failed.value.code == "answer_too_slow"


def test_a_server_that_says_nothing_is_left(outside):
    is_over = threading.Event()
    outside.pages["/quiet"] = lambda handler: is_over.wait(20)
    try:
        with pytest.raises(AskFailed) as failed:
            read(outside.url("/quiet"), limits=Limits(seconds=20, quiet_seconds=0.3))
    finally:
        is_over.set()

    assert failed.value.code == "answer_too_slow"


def test_nobody_there_and_no_web_server_are_said_in_a_sentence(settings):
    settings.OUTGOING_PRIVATE_NETWORKS = [LOCAL]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(AskFailed) as failed:
            read(f"http://127.0.0.1:{port}/")
    assert failed.value.code == "connection_failed"

    with socket.create_server(("127.0.0.1", 0)) as listening:

        def other_words():
            connection, _ = listening.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"220 mail.example ESMTP\r\n")

        thread = threading.Thread(target=other_words)
        thread.start()
        with pytest.raises(AskFailed) as other:
            read(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        thread.join(5)
    assert other.value.code == "answer_broken"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A certificate for college.example that whoever is given it trusts."""
    folder = tmp_path_factory.mktemp("certificates")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    words = "req -x509 -newkey rsa:2048 -nodes -days 4000 -subj /CN=college.example".split()
    subprocess.run(
        ["openssl", *words, "-addext", "subjectAltName=DNS:college.example", "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    return key, certificate


@pytest.mark.tls
def test_encrypted_answers_need_the_right_name_and_somebody_trusted(certificates, monkeypatch, settings):
    key, certificate = certificates
    settings.OUTGOING_PRIVATE_NETWORKS = [LOCAL]
    names(monkeypatch, college_example=["127.0.0.1"], other_example=["127.0.0.1"])
    wrap, asked_for = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), []
    wrap.load_cert_chain(certificate, key)
    wrap.sni_callback = lambda _socket, name, _context: asked_for.append(name)
    with running(wrap=wrap) as server:
        server.serve(body=b"safe")
        server.serve("/down", status=302, location="http://college.example/")

        with pytest.raises(AskFailed) as unknown:
            read(server.url(host="college.example"))
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        found = read(server.url(host="college.example"))
        with pytest.raises(AskFailed) as wrong:
            read(server.url(host="other.example"))
        with pytest.raises(AskRefused) as down:
            read(server.url("/down", host="college.example"))

    assert found == (200, b"safe")
    assert (unknown.value.code, wrong.value.code) == ("connection_not_proved", "connection_not_proved")
    assert down.value.code == "redirect_downgrade"
    assert asked_for[:3] == ["college.example", "college.example", "other.example"]


def test_reading_an_answer_into_a_file_needs_no_more_than_its_chunks(outside):
    url, into = outside.serve(body=b"y" * 1_500_000), io.BytesIO()

    with ask("GET", url) as answer:
        largest = max(into.write(chunk) for chunk in answer.chunks())

    assert len(into.getvalue()) == 1_500_000
    assert largest <= 2**17
