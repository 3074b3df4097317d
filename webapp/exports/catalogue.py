"""The catalogue of the open data in mobilityDCAT-AP 1.0.1 (Turtle, JSON-LD)."""

from collections.abc import Sequence
from datetime import date

from rdflib import DCAT, DCTERMS, FOAF, RDF, SKOS, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import OWL

from mobility.licences import ODBL, OPEN_1, OPEN_2
from mobility.modules import ACCESS, TRANSPORT, Modules
from webapp.exports.catalogue_entries import VOCABULARY, CatalogueEntry, CatalogueFile, CatalogueOwner
from webapp.exports.formats import MEDIA
from webapp.words.french import capital, joined

MOBILITY = Namespace("http://w3id.org/mobilitydcat-ap#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
RDFS_LABEL = URIRef("http://www.w3.org/2000/01/rdf-schema#label")
_EU = "http://publications.europa.eu/resource/authority"
LICENCES = {
    ODBL: (URIRef("https://opendatacommons.org/licenses/odbl/1-0/"), f"{_EU}/licence/ODC_BL"),
    OPEN_2: (URIRef("https://www.etalab.gouv.fr/licence-ouverte-open-licence/"), f"{_EU}/licence/ETALAB_2_0"),
    OPEN_1: (URIRef("https://www.etalab.gouv.fr/wp-content/uploads/2014/05/Licence_Ouverte.pdf"), ""),
}
"""Each licence's page, and the European list's word for it where that has one."""


def catalogue_graph(entries: Sequence[CatalogueEntry], owner: CatalogueOwner, *, day: date, modules: Modules) -> Graph:
    """Return the catalogue as a graph."""
    graph = Graph()
    for prefix, namespace in (("dcat", DCAT), ("dct", DCTERMS), ("foaf", FOAF), ("mobilitydcatap", MOBILITY),
                              ("vcard", VCARD), ("skos", SKOS), ("owl", OWL)):  # fmt: skip
        graph.bind(prefix, namespace)
    catalogue = URIRef(f"{owner.address}/donnees/catalogue")
    publisher = URIRef(f"{owner.address}/#editeur")
    graph.add((publisher, RDF.type, FOAF.Agent))
    graph.add((publisher, FOAF.name, Literal(owner.name, lang="fr")))
    _describe(graph, catalogue, DCAT.Catalog, f"Données ouvertes de mobilité : {owner.name}",
              _subjects(modules), publisher)  # fmt: skip
    graph.add((catalogue, FOAF.homepage, URIRef(f"{owner.address}/donnees")))
    graph.add((catalogue, DCTERMS.language, URIRef(f"{_EU}/language/FRA")))
    graph.add((catalogue, DCTERMS.issued, Literal(day.isoformat(), datatype=XSD.date)))
    graph.add((catalogue, DCTERMS.modified, Literal(day.isoformat(), datatype=XSD.date)))
    graph.add((catalogue, DCTERMS.spatial, _place(graph, owner)))
    for entry in entries:
        _add_entry(graph, catalogue, publisher, entry, owner)
    return graph


def _subjects(modules: Modules) -> str:
    """Say what the data are about, without what a territory leaves out."""
    lines = ["horaires", "services à la demande"] if modules.has(TRANSPORT) else []
    access = ["accès sans voiture"] if modules.has(ACCESS) else []
    return f"{capital(joined([*lines, 'bus des services publics', *access]))}."


def _describe(graph: Graph, node: URIRef, kind: URIRef, title: str, words: str, publisher: URIRef) -> None:
    graph.add((node, RDF.type, kind))
    graph.add((node, DCTERMS.title, Literal(title, lang="fr")))
    graph.add((node, DCTERMS.description, Literal(words, lang="fr")))
    graph.add((node, DCTERMS.publisher, publisher))


def _place(graph: Graph, owner: CatalogueOwner) -> BNode:
    west, south, east, north = owner.bounds
    place = BNode()
    wkt = f"POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))"
    graph.add((place, RDF.type, DCTERMS.Location))
    graph.add((place, DCAT.bbox, Literal(wkt, datatype=URIRef("http://www.opengis.net/ont/geosparql#wktLiteral"))))
    return place


def _add_entry(
    graph: Graph, catalogue: URIRef, publisher: URIRef, entry: CatalogueEntry, owner: CatalogueOwner
) -> None:
    dataset = URIRef(f"{owner.address}/donnees#{entry.id}")
    _describe(graph, dataset, DCAT.Dataset, entry.title, entry.description, publisher)
    graph.add((catalogue, DCAT.dataset, dataset))
    record = URIRef(f"{owner.address}/donnees/catalogue#{entry.id}")
    modified = Literal(entry.modified.isoformat(), datatype=XSD.date)
    graph.add((record, RDF.type, DCAT.CatalogRecord))
    graph.add((record, FOAF.primaryTopic, dataset))
    graph.add((record, DCTERMS.created, modified))
    graph.add((record, DCTERMS.modified, modified))
    graph.add((record, DCTERMS.language, URIRef(f"{_EU}/language/FRA")))
    graph.add((catalogue, DCAT.record, record))
    graph.add((dataset, DCTERMS.identifier, Literal(f"{owner.address}/donnees#{entry.id}")))
    graph.add((dataset, DCTERMS.modified, modified))
    graph.add((dataset, DCTERMS.language, URIRef(f"{_EU}/language/FRA")))
    graph.add((dataset, DCTERMS.accrualPeriodicity, URIRef(f"{_EU}/frequency/IRREG")))
    graph.add((dataset, DCAT.theme, URIRef(f"{_EU}/data-theme/TRAN")))
    graph.add((dataset, MOBILITY.mobilityTheme, URIRef(f"{VOCABULARY}/mobility-theme/{entry.theme}")))
    graph.add((dataset, DCTERMS.spatial, _place(graph, owner)))
    graph.add((dataset, DCAT.contactPoint, _contact(graph, owner)))
    if entry.first and entry.last:
        period = BNode()
        graph.add((period, RDF.type, DCTERMS.PeriodOfTime))
        graph.add((period, DCAT.startDate, Literal(entry.first.isoformat(), datatype=XSD.date)))
        graph.add((period, DCAT.endDate, Literal(entry.last.isoformat(), datatype=XSD.date)))
        graph.add((dataset, DCTERMS.temporal, period))
    for file in entry.files:
        graph.add((dataset, DCAT.distribution, _distribution(graph, entry, file)))


def _contact(graph: Graph, owner: CatalogueOwner) -> BNode:
    contact = BNode()
    graph.add((contact, RDF.type, VCARD.Organization))
    graph.add((contact, RDF.type, VCARD.Kind))
    graph.add((contact, VCARD.fn, Literal(owner.name)))
    links = [(VCARD.hasURL, f"{owner.address}/donnees")]
    links += [(VCARD.hasEmail, f"mailto:{owner.mail}")] if owner.mail else []
    for relation, address in links:
        graph.add((contact, relation, URIRef(address)))
        # The shapes ask for the class that everything has.
        graph.add((URIRef(address), RDF.type, OWL.Thing))
    return contact


def _distribution(graph: Graph, entry: CatalogueEntry, file: CatalogueFile) -> URIRef:
    node = URIRef(f"{file.url}#distribution")
    graph.add((node, RDF.type, DCAT.Distribution))
    graph.add((node, DCTERMS.title, Literal(file.title, lang="fr")))
    graph.add((node, DCAT.accessURL, URIRef(file.url)))
    graph.add((node, DCAT.downloadURL, URIRef(file.url)))
    graph.add((node, DCAT.mediaType, URIRef(f"https://www.iana.org/assignments/media-types/{MEDIA[file.format]}")))
    graph.add((node, DCTERMS["format"], URIRef(f"{_EU}/file-type/{file.format.upper()}")))
    graph.add((node, MOBILITY.mobilityDataStandard, _standard(graph, file.standard)))
    protocol = URIRef(f"{VOCABULARY}/application-layer-protocol/http-https")
    graph.add((node, MOBILITY.applicationLayerProtocol, protocol))
    graph.add((node, MOBILITY.communicationMethod, URIRef(f"{VOCABULARY}/communication-method/pull")))
    licence, authority = LICENCES[entry.licence]
    graph.add((node, DCTERMS.license, licence))
    graph.add((licence, RDF.type, DCTERMS.LicenseDocument))
    if authority:
        graph.add((licence, SKOS.exactMatch, URIRef(authority)))
    rights = BNode()
    graph.add((rights, RDF.type, DCTERMS.RightsStatement))
    conditions = URIRef(f"{VOCABULARY}/conditions-for-access-and-usage/licence-provided-free-of-charge")
    graph.add((rights, DCTERMS.type, conditions))
    if entry.attribution:
        graph.add((rights, RDFS_LABEL, Literal(f"Source : {entry.attribution}", lang="fr")))
    graph.add((node, DCTERMS.rights, rights))
    return node


def _standard(graph: Graph, standard: str) -> URIRef:
    node = URIRef(standard)
    graph.add((node, RDF.type, MOBILITY.MobilityDataStandard))
    return node
