//! What the vendors' own clients send.

use serde::Deserialize;

use super::*;
use crate::exchange::compose::encode;

/// What the vendors' own clients made of a request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    method: String,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: String,
    key: String,
    secret: String,
    signed_headers: String,
    canonical_request: String,
    string_to_sign: String,
    signature: String,
    authorization: String,
}

impl Vector {
    /// The request without its signature; blanks in the query are written as `blank`.
    fn request(&self, blank: &str) -> Request {
        let form = |text: &str| encode(text).replace("%20", blank);
        let query: Vec<String> =
            self.query.iter().map(|(name, value)| format!("{}={}", form(name), form(value))).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        Request {
            service: None,
            method: self.method.clone(),
            target: format!("{}{mark}{}", self.path, query.join("&")),
            headers: Headers(self.headers.clone()),
            body: self.body.clone().into_bytes(),
        }
    }

    fn credentials(&self, recipe: &Recipe) -> Credentials {
        let mut who = Credentials::new([(recipe.key, &self.key), (recipe.secret, &self.secret)]);
        if let Some((_, token)) =
            self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(recipe.token))
        {
            who.0.insert(TOKEN.into(), token.clone());
        }
        who
    }
}

fn vectors(recipe: &Recipe) -> Vec<Vector> {
    let text = match recipe.algorithm {
        "ACS3-HMAC-SHA256" => include_str!("../vectors/acs3.json"),
        _ => include_str!("../vectors/sdk-hmac-sha256.json"),
    };
    serde_json::from_str(text).unwrap()
}

#[test]
fn makes_what_the_vendors_clients_make() {
    let mut told = Vec::new();
    for (_, recipe) in each() {
        for vector in vectors(recipe) {
            let (name, request) = (&vector.name, vector.request("%20"));
            let signed = recipe.signed(&request, &vector.signed_headers).unwrap();
            let path = (recipe.paths)(request.path()).remove(0);
            let query = canonical::query(request.query().unwrap_or_default());
            let hash = recipe.payload(&request).unwrap();
            let canonical = canonical::request(&request.method, &path, &query, &signed, &hash);
            assert_eq!(canonical, vector.canonical_request, "{name}");
            let date = request.headers.get(recipe.date).unwrap();
            let hashed = canonical::sha256(canonical.as_bytes());
            assert_eq!((recipe.text)(date, &hashed), vector.string_to_sign, "{name}");
            let signature = recipe.signature(&vector.secret, date, &canonical).unwrap();
            assert_eq!(signature, vector.signature, "{name}");
            told.push(name.clone());
        }
    }
    assert_eq!(told.len(), 9 + 8, "{told:?}");
}

#[test]
fn writes_the_header_that_the_vendors_clients_write() {
    let mut not_ours = Vec::new();
    for (_, recipe) in each() {
        for vector in vectors(recipe) {
            let mut request = vector.request("%20");
            let host = request.headers.get("host").unwrap().to_owned();
            let now = time::read(request.headers.get(recipe.date).unwrap(), recipe.written).unwrap();
            request.headers.remove("host");
            request.headers.remove(recipe.date);
            // With a part of the path as that of the base URL.
            let whole = request.target.clone();
            let split = whole.rfind('/').unwrap();
            request.target = whole[split..].to_owned();
            let to = Destination { operation: "Any", authority: &host, prefix: &whole[..split] };
            recipe.sign(&mut request, to, &vector.credentials(recipe), now, Vec::new()).unwrap();
            if request.headers.get("authorization") != Some(&vector.authorization) {
                not_ours.push(vector.name);
            }
        }
    }
    // Those clients sign headers that others on the way may change.
    assert_eq!(not_ours, ["get-index-job-status-python-sdk-headers", "job-status-sdk-headers"]);
}

#[test]
fn accepts_what_the_vendors_clients_send() {
    let mut tried = 0;
    for (scheme, recipe) in each() {
        for vector in vectors(recipe) {
            let who = vector.credentials(recipe);
            let now = vector.request("").headers.get(recipe.date).map(|d| time::read(d, recipe.written));
            let now = now.flatten().unwrap();
            // One client writes blanks in queries as plus signs.
            for blank in ["%20", "+"] {
                let mut request = vector.request(blank);
                request.headers.push("Authorization", vector.authorization.as_str());
                let known = [Credentials::default(), who.clone()];
                assert_eq!(scheme.verify(&request, &known, now), Ok(1), "{}", vector.name);
                let later = now + Duration::from_secs(901);
                let refused = scheme.verify(&request, &known, later).unwrap_err().0;
                assert_eq!(refused, Condition::ExpiredCredentials, "{}", vector.name);
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 2 * 17);
}

#[test]
fn accepts_a_path_and_query_written_in_other_ways() {
    let find = |recipe, name: &str| vectors(recipe).into_iter().find(|vector| vector.name == name).unwrap();
    // What one client sends for this query: it leaves some signs bare.
    let vector = find(&acs3::RECIPE, "query-reserved-characters");
    let mut request = vector.request("%20");
    request.headers.push("Authorization", vector.authorization.as_str());
    request.target = request.target.replace("%2A", "*").replace("~", "%7e");
    let known = [vector.credentials(&acs3::RECIPE)];
    assert_eq!(Acs3::new("").verify(&request, &known, at(NOON)), Ok(0));

    let vector = find(&sdk_hmac_sha256::RECIPE, "reserved-characters");
    let mut request = vector.request("%20");
    request.headers.push("Authorization", vector.authorization.as_str());
    request.target = request.target.replace("/a b+c~d/", "/a%20b%2Bc~d/").replace("中", "%e4%b8%ad");
    let known = [vector.credentials(&sdk_hmac_sha256::RECIPE)];
    assert_eq!(SdkHmacSha256.verify(&request, &known, at(NOON)), Ok(0));
}
