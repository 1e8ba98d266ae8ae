//! `Authorization` headers of the form `ALGORITHM Name=value, Name=value, Name=value`.

/// Why a header could not be taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is of another scheme.
    OtherScheme,
    /// It is of this scheme; the text says what is wrong with it.
    Malformed(String),
}

impl Unreadable {
    /// It lacks a part.
    pub(super) fn lacks(part: &str) -> Self {
        Unreadable::Malformed(format!("it lacks {part}"))
    }
}

/// The values of the parts of these names, in this order. Blanks around commas do not matter, nor does the order of
/// the parts in the header.
pub(super) fn parts<'h>(
    value: &'h str,
    algorithm: &str,
    names: [&str; 3],
) -> Result<[Option<&'h str>; 3], Unreadable> {
    let (word, parts) = value.trim().split_once(' ').ok_or(Unreadable::OtherScheme)?;
    if word != algorithm {
        return Err(Unreadable::OtherScheme);
    }
    let malformed = |why: &str| Unreadable::Malformed(why.to_owned());
    let mut found = [None; 3];
    for part in parts.split(',') {
        let (name, value) = part.trim().split_once('=').ok_or_else(|| malformed("a part has no value"))?;
        let place = names.iter().zip(&mut found).find(|(known, _)| **known == name);
        let (_, place) = place.ok_or_else(|| malformed("it has a part that is not of this scheme"))?;
        if place.replace(value).is_some() {
            return Err(malformed("it has a part twice"));
        }
    }
    Ok(found)
}
