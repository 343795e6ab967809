//! The assertion as typed values (SAML Core 2.3). Whatever the schema allows but few send is left to the caller.

use std::collections::BTreeMap;

use crate::document::Element;
use crate::names::Namespace;

/// A name identifier.
#[derive(Debug, PartialEq, Eq)]
pub struct NameId<'a> {
    /// The complete text.
    pub text: &'a str,
    /// Format.
    pub format: Option<&'a str>,
    /// `NameQualifier`.
    pub name_qualifier: Option<&'a str>,
    /// `SPNameQualifier`.
    pub sp_name_qualifier: Option<&'a str>,
    /// `SPProvidedID`.
    pub sp_provided_id: Option<&'a str>,
}

/// A `SubjectConfirmation`. Times are as written.
#[derive(Debug, PartialEq, Eq)]
pub struct Confirmation<'a> {
    /// Method.
    pub method: &'a str,
    /// Recipient.
    pub recipient: Option<&'a str>,
    /// `NotOnOrAfter`.
    pub not_on_or_after: Option<&'a str>,
    /// `NotBefore`.
    pub not_before: Option<&'a str>,
    /// `InResponseTo`.
    pub in_response_to: Option<&'a str>,
    /// Address.
    pub address: Option<&'a str>,
}

/// A Subject.
#[derive(Debug, PartialEq, Eq)]
pub struct Subject<'a> {
    /// Its identifier.
    pub name_id: Option<NameId<'a>>,
    /// Its confirmations in document order.
    pub confirmations: Vec<Confirmation<'a>>,
}

/// The Conditions. Times are as written.
#[derive(Debug, PartialEq, Eq)]
pub struct Conditions<'a> {
    /// `NotBefore`.
    pub not_before: Option<&'a str>,
    /// `NotOnOrAfter`.
    pub not_on_or_after: Option<&'a str>,
    /// The audiences of each `AudienceRestriction`.
    pub audience_restrictions: Vec<Vec<&'a str>>,
    /// Whether there is a `OneTimeUse`.
    pub one_time_use: bool,
}

/// An `AuthnStatement`. Times are as written.
#[derive(Debug, PartialEq, Eq)]
pub struct AuthnStatement<'a> {
    /// `AuthnInstant`.
    pub authn_instant: &'a str,
    /// `SessionIndex`.
    pub session_index: Option<&'a str>,
    /// `SessionNotOnOrAfter`.
    pub session_not_on_or_after: Option<&'a str>,
}

/// An assertion.
#[derive(Debug, PartialEq, Eq)]
pub struct Assertion<'a> {
    /// Version.
    pub version: &'a str,
    /// ID.
    pub id: &'a str,
    /// `IssueInstant`, as written.
    pub issue_instant: &'a str,
    /// Text of the Issuer.
    pub issuer: &'a str,
    /// Format of the Issuer.
    pub issuer_format: Option<&'a str>,
    /// Its Subject.
    pub subject: Option<Subject<'a>>,
    /// Its Conditions.
    pub conditions: Option<Conditions<'a>>,
    /// Its statements of a login, in document order.
    pub authn_statements: Vec<AuthnStatement<'a>>,
    /// The values of each Name in document order, those of repeated `Attribute` elements joined.
    pub attributes: Vec<(&'a str, Vec<&'a str>)>,
}

const IDENTIFIER_ATTRIBUTES: [&str; 4] = ["Format", "NameQualifier", "SPNameQualifier", "SPProvidedID"];

/// Return the Signature of the Assertion *root*: the element after the Issuer.
pub(crate) fn signature_of<'d, 'a>(root: Element<'d, 'a>) -> Option<Element<'d, 'a>> {
    root.children().nth(1).filter(|child| child.is(Namespace::Ds, "Signature"))
}

/// Read the Assertion *root*, which may hold a Signature that was signed with it.
pub(crate) fn read_assertion<'d>(root: Element<'d, '_>) -> Option<Assertion<'d>> {
    root.is(Namespace::Saml, "Assertion").then_some(())?;
    root.only(&["Version", "ID", "IssueInstant"])?;
    let mut children = root.children();
    let issuer = children.next().filter(|child| child.is(Namespace::Saml, "Issuer"))?.only(&IDENTIFIER_ATTRIBUTES)?;
    let mut assertion = Assertion {
        version: root.attribute("Version")?,
        id: root.attribute("ID")?,
        issue_instant: root.attribute("IssueInstant")?,
        issuer: issuer.text()?,
        issuer_format: issuer.attribute("Format"),
        subject: None,
        conditions: None,
        authn_statements: Vec::with_capacity(1),
        attributes: Vec::new(),
    };
    let mut attributes = JoinedAttributes::default();
    let mut child = children.next();
    if child.is_some_and(|child| child.is(Namespace::Ds, "Signature")) {
        child = children.next();
    }
    if let Some(subject) = child.filter(|child| child.is(Namespace::Saml, "Subject")) {
        assertion.subject = Some(read_subject(subject)?);
        child = children.next();
    }
    if let Some(conditions) = child.filter(|child| child.is(Namespace::Saml, "Conditions")) {
        assertion.conditions = Some(read_conditions(conditions)?);
        child = children.next();
    }
    while let Some(statement) = child {
        if statement.is(Namespace::Saml, "AttributeStatement") {
            read_attributes(statement, &mut attributes)?;
        } else if statement.is(Namespace::Saml, "AuthnStatement") {
            assertion.authn_statements.push(read_authn_statement(statement)?);
        } else {
            return None;
        }
        child = children.next();
    }
    assertion.attributes = attributes.values;
    Some(assertion)
}

fn read_subject<'d>(subject: Element<'d, '_>) -> Option<Subject<'d>> {
    let mut found = Subject { name_id: None, confirmations: Vec::with_capacity(1) };
    for (place, child) in subject.only(&[])?.children().enumerate() {
        if child.is(Namespace::Saml, "SubjectConfirmation") {
            found.confirmations.push(read_confirmation(child)?);
        } else if place == 0 && child.is(Namespace::Saml, "NameID") {
            child.only(&IDENTIFIER_ATTRIBUTES)?;
            found.name_id = Some(NameId {
                text: child.text()?,
                format: child.attribute("Format"),
                name_qualifier: child.attribute("NameQualifier"),
                sp_name_qualifier: child.attribute("SPNameQualifier"),
                sp_provided_id: child.attribute("SPProvidedID"),
            });
        } else {
            return None;
        }
    }
    Some(found)
}

fn read_confirmation<'d>(confirmation: Element<'d, '_>) -> Option<Confirmation<'d>> {
    let method = confirmation.only(&["Method"])?.attribute("Method")?;
    let mut children = confirmation.children();
    let Some(data) = children.next() else {
        return Some(Confirmation {
            method,
            recipient: None,
            not_on_or_after: None,
            not_before: None,
            in_response_to: None,
            address: None,
        });
    };
    let usual = children.next().is_none() && data.is(Namespace::Saml, "SubjectConfirmationData") && data.children().next().is_none();
    usual.then_some(())?;
    data.only(&["Recipient", "NotOnOrAfter", "NotBefore", "InResponseTo", "Address"])?;
    Some(Confirmation {
        method,
        recipient: data.attribute("Recipient"),
        not_on_or_after: data.attribute("NotOnOrAfter"),
        not_before: data.attribute("NotBefore"),
        in_response_to: data.attribute("InResponseTo"),
        address: data.attribute("Address"),
    })
}

fn read_conditions<'d>(conditions: Element<'d, '_>) -> Option<Conditions<'d>> {
    conditions.only(&["NotBefore", "NotOnOrAfter"])?;
    let mut found = Conditions {
        not_before: conditions.attribute("NotBefore"),
        not_on_or_after: conditions.attribute("NotOnOrAfter"),
        audience_restrictions: Vec::with_capacity(1),
        one_time_use: false,
    };
    for child in conditions.children() {
        if child.is(Namespace::Saml, "AudienceRestriction") {
            let audiences =
                child.only(&[])?.children().map(|audience| audience.is(Namespace::Saml, "Audience").then_some(audience)?.only(&[])?.text());
            found.audience_restrictions.push(audiences.collect::<Option<_>>()?);
        } else if child.is(Namespace::Saml, "OneTimeUse") && !found.one_time_use && child.children().next().is_none() {
            child.only(&[])?;
            found.one_time_use = true;
        } else {
            return None;
        }
    }
    Some(found)
}

fn read_authn_statement<'d>(statement: Element<'d, '_>) -> Option<AuthnStatement<'d>> {
    statement.only(&["AuthnInstant", "SessionIndex", "SessionNotOnOrAfter"])?;
    let mut contexts = 0;
    for child in statement.children() {
        if child.is(Namespace::Saml, "AuthnContext") {
            contexts += 1;
            let leaves = ["AuthnContextClassRef", "AuthnContextDeclRef", "AuthenticatingAuthority"];
            let usual = child.only(&[])?.children().all(|leaf| {
                leaf.start.namespace == Namespace::Saml
                    && leaves.contains(&leaf.start.local)
                    && leaf.only(&[]).is_some()
                    && leaf.text().is_some()
            });
            usual.then_some(())?;
        } else if child.is(Namespace::Saml, "SubjectLocality") && child.children().next().is_none() {
            child.only(&["Address", "DNSName"])?;
        } else {
            return None;
        }
    }
    (contexts == 1).then_some(())?;
    Some(AuthnStatement {
        authn_instant: statement.attribute("AuthnInstant")?,
        session_index: statement.attribute("SessionIndex"),
        session_not_on_or_after: statement.attribute("SessionNotOnOrAfter"),
    })
}

#[derive(Default)]
struct JoinedAttributes<'d> {
    values: Vec<(&'d str, Vec<&'d str>)>,
    places: BTreeMap<&'d str, usize>,
}

impl<'d> JoinedAttributes<'d> {
    fn of(&mut self, name: &'d str) -> Option<&mut Vec<&'d str>> {
        let place = *self.places.entry(name).or_insert(self.values.len());
        if place == self.values.len() {
            self.values.push((name, Vec::with_capacity(1)));
        }
        self.values.get_mut(place).map(|(_, values)| values)
    }
}

fn read_attributes<'d>(statement: Element<'d, '_>, into: &mut JoinedAttributes<'d>) -> Option<()> {
    for attribute in statement.only(&[])?.children() {
        attribute.is(Namespace::Saml, "Attribute").then_some(attribute)?.only(&["Name", "NameFormat", "FriendlyName"])?;
        let values = into.of(attribute.attribute("Name")?)?;
        for value in attribute.children() {
            value.is(Namespace::Saml, "AttributeValue").then_some(())?;
            let mut marks = value.document.attributes(value.start).iter();
            marks.all(|mark| mark.namespace == Namespace::Xsi && mark.local == "type").then_some(())?;
            values.push(value.text()?);
        }
    }
    Some(())
}
