"""QTI: each vignette as an item of its own in a content package, version 3.0 or 2.1.

Both versions hold the same elements; 3.0 writes their names with hyphens and a prefix. Sources: 1EdTech, QTI
Assessment, Section and Item Information Model 3.0 (2022); IMS QTI Assessment Test, Section and Item Information Model
2.1 (2012).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from typing import Final
from xml.etree.ElementTree import Comment, Element, SubElement, register_namespace, tostring

from defusedxml.ElementTree import fromstring

from api.exchange.formats import archive
from api.exchange.formats.questions import embed
from api.exchange.formats.wording import choices, key_html, story_html
from api.vignettes.case import Case

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_TWO_HYPHENS: Final = r"\u002d\u002d"  # in JSON the same, and allowed in a comment
_HTML: Final = {"p", "em", "strong", "ul", "ol", "li", "blockquote", "br", "div"}
_NAMED_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)\w+;")


@dataclass(frozen=True, slots=True)
class _Version:
    """How one version of QTI writes what both have."""

    hyphens: bool
    namespace: str
    schema: str
    package: str
    package_schema: str
    declared: tuple[str, str]  # the manifest's schema and its version
    resource: str

    def name(self, name: str) -> str:
        """`choiceInteraction` as this version writes the element."""
        return f"qti-{_hyphened(name)}" if self.hyphens and name not in _HTML else name

    def attribute(self, name: str) -> str:
        return _hyphened(name) if self.hyphens and ":" not in name and not name.startswith("{") else name


V3: Final = _Version(
    hyphens=True,
    namespace="http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
    schema="https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd",
    package="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    package_schema="https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd",
    declared=("QTI Package", "3.0.0"),
    resource="imsqti_item_xmlv3p0",
)
V21: Final = _Version(
    hyphens=False,
    namespace="http://www.imsglobal.org/xsd/imsqti_v2p1",
    schema="http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd",
    package="http://www.imsglobal.org/xsd/imscp_v1p1",
    package_schema="http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd",
    declared=("QTIv2.1 Package", "1.0.0"),
    resource="imsqti_item_xmlv2p1",
)


def dump(cases: Iterable[Case]) -> bytes:
    """A QTI 3.0 package."""
    return _package(list(cases), V3)


def dump_21(cases: Iterable[Case]) -> bytes:
    """A QTI 2.1 package, which more programs read."""
    return _package(list(cases), V21)


def _package(cases: list[Case], version: _Version) -> bytes:
    files = {"imsmanifest.xml": _manifest(cases, version)}
    files |= {_href(case): _item(case, version) for case in cases}
    return archive.pack(files)


def _manifest(cases: list[Case], version: _Version) -> bytes:
    root = Element(
        "manifest",
        {
            "xmlns": version.package,
            "identifier": "three-circles",
            f"{{{XSI}}}schemaLocation": f"{version.package} {version.package_schema}",
        },
    )
    metadata = SubElement(root, "metadata")
    for tag, text in zip(("schema", "schemaversion"), version.declared, strict=True):
        SubElement(metadata, tag).text = text
    SubElement(root, "organizations")
    resources = SubElement(root, "resources")
    for case in cases:
        href = _href(case)
        resource = SubElement(
            resources, "resource", identifier=f"r-{_identifier(case)}", type=version.resource, href=href
        )
        SubElement(resource, "file", href=href)
    return _written(root)


def _item(case: Case, version: _Version) -> bytes:
    def add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
        names = {version.attribute(name): value for name, value in attributes.items()}
        element = SubElement(parent, version.name(tag), names)
        element.text = text
        return element

    root = Element(
        version.name("assessmentItem"),
        {
            "xmlns": version.namespace,
            f"{{{XSI}}}schemaLocation": f"{version.namespace} {version.schema}",
            "identifier": _identifier(case),
            "title": case.head.title,
            "adaptive": "false",
            version.attribute("timeDependent"): "false",
        },
    )
    answers = choices(case)
    response = add(root, "responseDeclaration", identifier="RESPONSE", cardinality="single", baseType="identifier")
    add(add(response, "correctResponse"), "value", case.head.key.dominant)
    mapping = add(response, "mapping", defaultValue="0")
    for answer in case.acceptable:
        add(mapping, "mapEntry", mapKey=answer, mappedValue="1")
    for outcome, kind, start in (("SCORE", "float", "0"), ("MAXSCORE", "float", "1"), ("FEEDBACK", "identifier", None)):
        declared = add(root, "outcomeDeclaration", identifier=outcome, cardinality="single", baseType=kind)
        if start is not None:
            add(add(declared, "defaultValue"), "value", start)
    body = add(root, "itemBody")
    body.append(_markup(story_html(case)))
    asked = add(body, "choiceInteraction", responseIdentifier="RESPONSE", shuffle="false", maxChoices="1")
    add(asked, "prompt", case.question)
    for choice in answers:
        add(asked, "simpleChoice", choice.name, identifier=choice.answer)
    processing = add(root, "responseProcessing")
    add(add(processing, "setOutcomeValue", identifier="SCORE"), "mapResponse", identifier="RESPONSE")
    add(add(processing, "setOutcomeValue", identifier="FEEDBACK"), "variable", identifier="RESPONSE")
    for choice in answers:
        told = add(root, "modalFeedback", outcomeIdentifier="FEEDBACK", identifier=choice.answer, showHide="show")
        (add(told, "contentBody") if version.hyphens else told).append(_markup(choice.feedback + key_html(case)))
    root.append(Comment(f" {embed(case).replace('--', _TWO_HYPHENS)} "))
    return _written(root)


def _markup(html: str) -> Element:
    """HTML of our own making as elements: its only void tag closed, its named entities as letters."""
    plain = _NAMED_ENTITY.sub(lambda found: unescape(found[0]), html.replace("<br>", "<br/>"))
    root: Element = fromstring(f"<div>{plain}</div>")
    return root


def _written(root: Element) -> bytes:
    register_namespace("xsi", XSI)
    data: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return data


def _identifier(case: Case) -> str:
    return f"v-{case.head.slug}"  # an identifier starts with a letter, a slug may start with a digit


def _href(case: Case) -> str:
    return f"items/{case.head.slug}.xml"


def _hyphened(name: str) -> str:
    return re.sub(r"([A-Z])", lambda letter: f"-{letter[1].lower()}", name)
