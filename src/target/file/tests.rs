use proptest::prelude::*;
use rstest::rstest;
use serde_json::json;

use super::settings::{Base, Settings};
use super::*;
use crate::contract::diagnostic::{Diagnostic, Diagnostics};
use crate::contract::reference::Basis;
use crate::contract::source::Document;
use crate::contract::{Contract, library};
use crate::sign::Credentials;

/// Variables, files and contracts by name.
#[derive(Default)]
struct Here {
    env: Vec<(&'static str, &'static str)>,
    files: Vec<(&'static str, &'static [u8])>,
    /// What is changed in the contract, to have things that no vendor here has.
    change: Option<fn(&mut Contract)>,
}

impl Surroundings for Here {
    fn env(&self, name: &str) -> Option<String> {
        self.env.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    fn file(&self, path: &str) -> Result<Vec<u8>, String> {
        let found = self.files.iter().find(|(known, _)| *known == path);
        found.map(|(_, bytes)| bytes.to_vec()).ok_or_else(|| format!("`{path}` cannot be read: not found"))
    }

    fn groups(&self) -> Vec<&str> {
        vec!["fields", "cancel", "lifecycle"]
    }

    fn contract(&self, subject: &Subject) -> Result<Contract, Refused> {
        let vendor = subject.vendor.as_deref().unwrap_or_default();
        if !library::vendors().contains(&vendor) {
            return Err(Refused::Vendor(library::vendors().into_iter().map(str::to_owned).collect()));
        }
        let mut contract = library::builtin(vendor).map_err(Refused::Contract)?;
        if subject.edition.as_ref().is_some_and(|edition| !contract.facts.editions.contains_key(edition)) {
            return Err(Refused::Edition(contract.facts.editions.into_keys().collect()));
        }
        self.change.iter().for_each(|change| change(&mut contract));
        Ok(contract)
    }
}

/// What stands at the start of a file with nothing wrong: line 9 is the next one.
const PLAIN: &str = "\
vendor = \"bedrock\"
base_url = \"http://127.0.0.1:9000/\"
[auth.sigv4]
region = \"us-east-1\"
access_key_id = \"AKID\"
secret_access_key = \"env:KEY\"
[parameters]
knowledgeBaseId = \"KB12345678\"
dataSourceId = \"DS12345678\"
";

fn here() -> Here {
    Here { env: vec![("KEY", "canary-key")], ..Here::default() }
}

fn read(text: &str, here: &Here) -> Result<(Settings, Vec<Diagnostic>), Diagnostics> {
    load(&Document::toml("t", text).unwrap(), here)
}

/// Everything told about a file, with the advice.
fn told(text: &str, here: &Here) -> Vec<String> {
    let found = match read(text, here) {
        Ok((_, warnings)) => Diagnostics::from(warnings),
        Err(problems) => problems,
    };
    let line = |problem: &Diagnostic| match &problem.help {
        Some(help) => format!("{problem} [{help}]"),
        None => problem.to_string(),
    };
    found.iter().map(line).collect()
}

#[test]
fn a_plain_file_is_complete() {
    let (settings, warnings) = read(PLAIN, &here()).unwrap();
    assert_eq!(warnings, []);
    let base = settings.bases.get(Some("any")).unwrap();
    assert_eq!((base.to_string().as_str(), base.is_loopback), ("http://127.0.0.1:9000", true));
    assert_eq!(settings.allow.iter().collect::<Vec<_>>(), [&Allow::Read]);
    let identity = settings.identity.clone().unwrap();
    assert_eq!(identity.scheme, "sigv4");
    let keys = [("access_key_id", "AKID"), ("region", "us-east-1"), ("secret_access_key", "canary-key")];
    assert_eq!(identity.credentials, Credentials::new(keys));
    assert_eq!(settings.secrets().collect::<Vec<_>>(), ["canary-key"]);
    assert_eq!(settings.limits, Limits::default());
    assert_eq!(settings.parameters["knowledgeBaseId"], "KB12345678");
    assert_eq!(settings.other_parent, None);
    assert!(!format!("{:?}", (&settings.identity, &settings.trust)).contains("canary"));
}

#[rstest]
#[case(r#"["cancel", "lifecycle=80%"]"#, &[])]
#[case(r#"["cancle"]"#, &["t:1:12: there is no group of rules `cancle` [did you mean `cancel`?]"])]
#[case(r#"["fields", "nothing=5%"]"#, &[
    "t:1:22: there is no group of rules `nothing` [there are: fields, cancel, lifecycle]",
])]
#[case(r#"["cancel=0%"]"#, &["t:1:12: `cancel=0%` does not match `^[a-z-]+(=([1-9][0-9]?|100)%)?$`"])]
#[case(r#"["cancel=80"]"#, &["t:1:12: `cancel=80` does not match `^[a-z-]+(=([1-9][0-9]?|100)%)?$`"])]
fn what_is_required_is_checked(#[case] require: &str, #[case] expected: &[&str]) {
    let text = format!("require = {require}\n{PLAIN}");
    assert_eq!(told(&text, &here()), expected);
    if expected.is_empty() {
        assert_eq!(read(&text, &here()).unwrap().0.require, ["cancel", "lifecycle=80%"]);
    }
}

#[test]
fn a_whole_file_is_read() {
    let text = format!(
        "allow = [\"read\", \"create\", \"cancel\"]\n{PLAIN}\
        [other_parent]\nknowledgeBaseId = \"env:OTHER\"\n\
        [identities.foreign.sigv4]\naccess_key_id = \"env:F\"\nsecret_access_key = \"file:f.key\"\n\
        [[fixtures]]\nstate = \"COMPLETE\"\njobs = [\"AAAAAAAAAA\", {{ id = \"BBBBBBBBBB\" }}]\n\
        [[fixtures]]\nparent = \"other\"\nstate = \"FAILED\"\njobs = [\"CCCCCCCCCC\"]\n\
        [create]\ndescription = \"from a test\"\n\
        [arrange]\ncommand = [\"./seed\", \"{{state}}\", \"{{dataSourceId}}\"]\n\
        [limits]\nrequests_per_second = 2\nmax_jobs = 3\ndeadline = \"10m\"\npoll_interval = \"250ms\"\n\
        [tls]\nca_file = \"ca.pem\"\n"
    );
    let here = Here {
        env: vec![("KEY", "k"), ("OTHER", "KB99999999"), ("F", "AKIF")],
        files: vec![("f.key", b"canary-foreign\r\n"), ("ca.pem", b"pem")],
        ..Here::default()
    };
    let (settings, warnings) = read(&text, &here).unwrap();
    assert_eq!(warnings, []);
    assert_eq!(settings.allow.len(), 3);
    let other = settings.other_parent.clone().unwrap();
    assert_eq!(
        (&other["knowledgeBaseId"], &other["dataSourceId"]),
        (&json!("KB99999999"), &json!("DS12345678"))
    );
    let foreign = &settings.identities["foreign"].credentials;
    assert_eq!(foreign.get("secret_access_key"), Some("canary-foreign"));
    assert_eq!(foreign.get("region"), Some("us-east-1"));
    assert_eq!(settings.fixtures[0].jobs[1].id(), "BBBBBBBBBB");
    assert_eq!(settings.fixtures[1].parent, FixtureParent::Other);
    assert_eq!(settings.create["description"], "from a test");
    assert_eq!(settings.limits.deadline.0.as_secs(), 600);
    assert_eq!(settings.limits.requests_per_second, Some(2.0));
    assert_eq!(settings.trust.authorities.as_deref(), Some(b"pem".as_slice()));
}

#[rstest]
#[case("", Basis::Inferred, Basis::Observed)]
#[case("[assert]\nreferences = [\"auth-errors-inferred\"]\n", Basis::Asserted, Basis::Observed)]
#[case("[assert]\nreferences = [\"*\"]\n", Basis::Asserted, Basis::Asserted)]
fn an_owner_can_vouch_for_guesses(#[case] table: &str, #[case] inferred: Basis, #[case] observed: Basis) {
    let (settings, warnings) = read(&format!("{PLAIN}{table}"), &here()).unwrap();
    assert_eq!(warnings, []);
    let basis = |id: &str| settings.contract.basis(id);
    assert_eq!((basis("auth-errors-inferred"), basis("sibling-stop")), (inferred, observed));
    // What is surer stays what it is, and another run knows nothing of it.
    assert_eq!((basis("model-auth"), basis("stop-page")), (Basis::Modelled, Basis::Documented));
    assert_eq!(library::builtin("bedrock").unwrap().basis("auth-errors-inferred"), Basis::Inferred);
}

#[test]
fn one_cannot_vouch_for_what_is_not_there() {
    let text = format!(
        "{PLAIN}[assert]\nreferences = [\"auth-error-inferred\", \"stop-page\", 3]\nreference = \"*\"\n"
    );
    let expected = [
        "t:11:15: there is no reference `auth-error-inferred` [did you mean `auth-errors-inferred`?]",
        "t:11:38: warning: `stop-page` is documented already [take it out: it makes no difference]",
        "t:11:51: expected string, found integer",
        "t:12:1: unknown key `reference` [allowed keys: `references`]",
    ];
    assert_eq!(told(&text, &here()), expected);
}

#[test]
fn everything_wrong_is_told_at_once() {
    let text = "\
vendor = \"bedrock\"
base_url = \"ftp://h\"
alow = [\"read\"]
[auth.sigv4]
access_key_id = \"env:NONE\"
[parameters]
knowledgeBaseId = \"file:none.txt\"
knowledgeBase = \"KB\"
[other_parent]
dataSourceId = [\"DS\"]
[[fixtures]]
state = \"COMPLETED\"
parent = \"others\"
jobs = [\"A\", { id = \"A\" }, { id = \"B\", internal = \"C\" }]
[limits]
deadline = \"soon\"
[arrange]
http = \"nowhere\"
[tls]
ca_file = \"none.pem\"
";
    let expected = [
        "t:2:12: this is not a URL of http or https",
        "t:3:1: unknown key `alow` [did you mean `allow`?]",
        "t:4:7: missing key `region` [add it, or set `AWS_REGION`]",
        "t:4:7: missing key `secret_access_key` [add it, or set `AWS_SECRET_ACCESS_KEY`]",
        "t:5:17: the environment variable `NONE` is not set, or is empty",
        "t:6:2: missing parameter `dataSourceId` [Data source of the knowledge base; for example: dataSourceId = \"DS12345678\"]",
        "t:7:19: `none.txt` cannot be read: not found",
        "t:8:1: there is no parameter `knowledgeBase` [did you mean `knowledgeBaseId`?]",
        "t:10:16: expected a string [for example: \"DS12345678\"]",
        "t:12:9: there is no state `COMPLETED` [did you mean `COMPLETE`?]",
        "t:13:10: unknown value `others` [did you mean `other`? It must be one of `own`, `other`]",
        "t:14:14: the job `A` is listed twice",
        "t:14:40: a job has no id `internal` [there are none: leave it out]",
        "t:16:12: `soon` does not match `^[0-9]+(ms|s|m|h)$`",
        "t:18:8: this is not a URL: relative URL without a base",
        "t:20:11: `none.pem` cannot be read: not found",
    ];
    assert_eq!(told(text, &Here::default()), expected);
}

#[rstest]
#[case::no_vendor("", &[
    "t:1:1: neither `vendor` nor `contract` is given [add `vendor = \"...\"`, or `contract = \"path/to/folder\"`]",
    "t:1:1: there is no address to send requests to [add `base_url = \"http://...\"`]",
])]
#[case::both("vendor = 'a'\ncontract = 'b'\nbase_url = 'http://h'", &[
    "t:2:12: both `vendor` and `contract` are given [leave one out]",
])]
#[case::unknown_vendor("vendor = 'bedrok'\nbase_url = 'http://h'\nallow = ['reed']", &[
    "t:1:10: there is no vendor `bedrok` [did you mean `bedrock`?]",
    "t:3:10: unknown value `reed` [did you mean `read`? It must be one of `read`, `create`, `cancel`, `cancel-many`, `destroy`, `write`]",
])]
#[case::unknown_edition("vendor = 'bedrock'\nedition = '2020'\nbase_url = 'http://h'", &[
    "t:2:11: there is no edition `2020` [there are: documents]",
])]
fn a_contract_that_is_not_there_hides_nothing_else(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(told(text, &Here::default()), expected);
}

#[rstest]
#[case::another_scheme("[auth.bearer]\ntoken = 'env:KEY'\n[auth.sigv4]\nregion = 'r'\naccess_key_id = 'a'\nsecret_access_key = 'env:KEY'", &[
    "t:5:7: the contract does not accept `bearer` [there are: sigv4]",
    "t:7:7: there is more than one kind of credentials [leave one]",
])]
#[case::literal("[auth.sigv4]\nregion = 'r'\naccess_key_id = 'a'\nsecret_access_key = 'oops'", &[
    "t:8:21: warning: a secret stands in the file itself [write `env:NAME` or `file:PATH`, and keep the secret there]",
])]
#[case::empty("[auth.sigv4]\nregion = ''\naccess_key_id = 'a'\nsecret_access_key = 'env:EMPTY'", &[
    "t:6:10: must not be empty",
    "t:8:21: the environment variable `EMPTY` is not set, or is empty",
])]
#[case::two_lines("[auth.sigv4]\nregion = 'r'\naccess_key_id = 'a'\nsecret_access_key = 'file:two'", &[
    "t:8:21: holds a line break or another control character",
])]
#[case::empty_file("[auth.sigv4]\nregion = 'r'\naccess_key_id = 'a'\nsecret_access_key = 'file:none'", &[
    "t:8:21: `none` is empty",
])]
#[case::no_scheme("auth = {}", &["t:5:1: there are no credentials [add [auth.sigv4]]"])]
#[case::identity("[auth.sigv4]\nregion = 'r'\naccess_key_id = 'a'\nsecret_access_key = 'env:KEY'\n[identities.foreign.sigv4]", &[
    "t:9:21: missing key `access_key_id`",
    "t:9:21: missing key `secret_access_key`",
])]
#[case::misnamed_identity("[auth.sigv4]\nregion = 'r'\naccess_key_id = 'a'\nsecret_access_key = 'env:KEY'\n[identities.readonly]", &[
    "t:9:13: unknown key `readonly` [did you mean `read_only`?]",
])]
fn credentials_are_checked(#[case] auth: &str, #[case] expected: &[&str]) {
    let head = "vendor = 'bedrock'\nbase_url = 'http://localhost'\n";
    let parameters = "parameters.knowledgeBaseId = 'KB'\nparameters.dataSourceId = 'DS'\n";
    let here = Here {
        env: vec![
            ("KEY", "k"),
            ("EMPTY", ""),
            ("AWS_ACCESS_KEY_ID", "ours"),
            ("AWS_SECRET_ACCESS_KEY", "ours"),
        ],
        files: vec![("two", b"a\nb\n"), ("none", b"\n")],
        ..Here::default()
    };
    assert_eq!(told(&format!("{head}{parameters}{auth}"), &here), expected);
}

#[rstest]
#[case::all_from_variables("", &[("AWS_REGION", "r"), ("AWS_SESSION_TOKEN", "t")], &[("region", "r"), ("session_token", "t")])]
#[case::default_region("[auth.sigv4]", &[("AWS_DEFAULT_REGION", "d")], &[("region", "d")])]
#[case::region_in_the_file("[auth.sigv4]\nregion = 'f'", &[("AWS_REGION", "r")], &[("region", "f")])]
#[case::key_in_the_file(
    "[auth.sigv4]\naccess_key_id = 'AKID'\nsecret_access_key = 'env:KEY'",
    &[("AWS_REGION", "r"), ("AWS_SESSION_TOKEN", "t"), ("KEY", "secret")],
    &[("region", "r"), ("access_key_id", "AKID")]
)]
fn aws_keys_come_from_the_usual_variables(
    #[case] auth: &str,
    #[case] env: &[(&'static str, &'static str)],
    #[case] expected: &[(&str, &str)],
) {
    let head = "vendor = 'bedrock'\nbase_url = 'http://localhost'\n";
    let parameters = "parameters.knowledgeBaseId = 'KB'\nparameters.dataSourceId = 'DS'\n";
    let mut env = env.to_vec();
    env.extend([("AWS_ACCESS_KEY_ID", "AKIENV"), ("AWS_SECRET_ACCESS_KEY", "secret")]);
    let (settings, _) = read(&format!("{head}{parameters}{auth}"), &Here { env, ..Here::default() }).unwrap();
    let mut wanted = Credentials::new([("access_key_id", "AKIENV"), ("secret_access_key", "secret")]);
    wanted.0.extend(expected.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
    assert_eq!(settings.identity.unwrap().credentials, wanted);
}

/// A contract that accepts a token in a header and two kinds of keys.
fn of_many_schemes(contract: &mut Contract) {
    let auth = json!({
        "token-header": { "header": "X-Auth-Token", "ref": "r" },
        "acs3": { "version": "2026-01-01", "ref": "r" },
        "sdk-hmac-sha256": { "ref": "r" },
    });
    contract.facts.auth = serde_json::from_value(auth).unwrap();
}

#[rstest]
#[case::token("[auth.token-header]\ntoken = 'env:T'", "token-header", &[("token", "canary-t")])]
#[case::acs3(
    "[auth.acs3]\naccess_key_id = 'LT'\naccess_key_secret = 'file:s.key'",
    "acs3",
    &[("access_key_id", "LT"), ("access_key_secret", "canary-s")]
)]
#[case::acs3_for_a_while(
    "[auth.acs3]\naccess_key_id = 'LT'\naccess_key_secret = 'file:s.key'\nsecurity_token = 'env:T'",
    "acs3",
    &[("access_key_id", "LT"), ("access_key_secret", "canary-s"), ("security_token", "canary-t")]
)]
#[case::sdk_hmac_sha256(
    "[auth.sdk-hmac-sha256]\naccess_key = 'env:A'\nsecret_key = 'file:s.key'\nsecurity_token = 'env:T'",
    "sdk-hmac-sha256",
    &[("access_key", "AK"), ("secret_key", "canary-s"), ("security_token", "canary-t")]
)]
fn the_target_file_chooses_the_scheme(
    #[case] auth: &str,
    #[case] scheme: &str,
    #[case] expected: &[(&str, &str)],
) {
    let head = "vendor = 'bedrock'\nbase_url = 'http://localhost'\n";
    let parameters = "parameters.knowledgeBaseId = 'KB'\nparameters.dataSourceId = 'DS'\n";
    let here = Here {
        env: vec![("T", "canary-t"), ("A", "AK")],
        files: vec![("s.key", b"canary-s\n")],
        change: Some(of_many_schemes),
    };
    let (settings, warnings) = read(&format!("{head}{parameters}{auth}"), &here).unwrap();
    assert_eq!(warnings, []);
    let secrets: Vec<String> = settings.secrets().collect();
    let identity = settings.identity.unwrap();
    let wanted = expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    assert_eq!((identity.scheme.as_str(), identity.credentials), (scheme, Credentials(wanted)));
    // Every value that is a secret is kept out of reports.
    let canaries: Vec<&str> =
        expected.iter().map(|(_, value)| *value).filter(|value| value.starts_with("canary")).collect();
    assert_eq!(secrets, canaries);
}

#[test]
fn one_scheme_is_chosen_and_whole() {
    let head = "vendor = 'bedrock'\nbase_url = 'http://localhost'\n";
    let parameters = "parameters.knowledgeBaseId = 'KB'\nparameters.dataSourceId = 'DS'\n";
    let here = Here { env: vec![("S", "s")], change: Some(of_many_schemes), ..Here::default() };
    let told = |auth: &str| told(&format!("{head}{parameters}{auth}"), &here);
    let without =
        "t:5:1: there are no credentials [add [auth.acs3] or [auth.sdk-hmac-sha256] or [auth.token-header]]";
    assert_eq!(told("auth = {}"), [without]);
    assert_eq!(
        told(
            "[auth.acs3]\naccess_key_id = 'a'\n[auth.sdk-hmac-sha256]\naccess_key = 'a'\nsecret_key = 'env:S'"
        ),
        [
            "t:5:7: missing key `access_key_secret`",
            "t:7:7: there is more than one kind of credentials [leave one]",
        ]
    );
}

/// A contract with facets, further ids and several services.
fn richer(contract: &mut Contract) {
    let facets = json!({
        "kind": { "values": ["import-graph", "export-graph"], "ref": "r" },
        "tasks": { "values": ["pending", "queued", "done"], "ref": "r" },
    });
    contract.facts.job.facets = serde_json::from_value(facets).unwrap();
    contract.facts.job.aliases = serde_json::from_value(json!({ "internalJobID": "/internal" })).unwrap();
    let services =
        json!({ "data": { "title": "D", "ref": "r" }, "processing": { "title": "P", "ref": "r" } });
    contract.facts.services = serde_json::from_value(services).unwrap();
    for operation in contract.facts.operations.values_mut() {
        operation.service = Some("processing".into());
    }
}

#[test]
fn facets_stand_in_their_table_or_beside_it() {
    let text = format!(
        "{PLAIN}[[fixtures]]\nstate = \"COMPLETE\"\nkind = \"import-graph\"\ntasks = [\"pending\", \"queued\"]\n\
        jobs = [{{ id = \"A\", internalJobID = \"7\" }}]\n\
        [[fixtures]]\nstate = \"COMPLETE\"\nfacets = {{ kind = [\"export-graph\"] }}\njobs = [\"B\"]\n\
        [arrange]\ncommand = [\"./seed\", \"{{facet.kind}}\"]\n"
    );
    let (settings, warnings) = read(&text, &Here { change: Some(richer), ..here() }).unwrap();
    assert_eq!(warnings, []);
    let facets = &settings.fixtures[0].facets;
    assert_eq!(facets["kind"].0, ["import-graph"]);
    assert_eq!(facets["tasks"].0, ["pending", "queued"]);
    assert_eq!(settings.fixtures[0].jobs[0].0["internalJobID"], "7");
    assert_eq!(settings.fixtures[1].facets["kind"].0, ["export-graph"]);
}

#[test]
fn facets_and_services_are_checked() {
    let text = PLAIN.replace("base_url = \"http://127.0.0.1:9000/\"", "base_urls.dta = \"http://h?x\"")
        + "[[fixtures]]\nstate = \"COMPLETE\"\nkind = \"import-grph\"\ntask = \"pending\"\nparent = \"other\"\n\
           facets = { colour = \"red\", tasks = [\"pending\", \"quued\"] }\njobs = []\n\
           [arrange]\ncommand = [\"./seed\", \"{facet.knd}\"]\n";
    let expected = [
        "t:2:1: there is no address for the service `processing` [add `base_urls.processing = \"http://...\"`]",
        "t:2:11: there is no service `dta` [did you mean `data`?]",
        "t:2:17: this has a query or a fragment: only a host and a path are of use",
        "t:12:8: `import-grph` is not a value of the facet `kind` [did you mean `import-graph`?]",
        "t:13:1: unknown key `task` [did you mean `tasks`?]",
        "t:14:10: there is no other parent [add [other_parent] with the parameters of the other parent]",
        "t:15:12: there is no facet `colour` [there are: kind, tasks]",
        "t:15:48: `quued` is not a value of the facet `tasks` [did you mean `queued`?]",
        "t:18:22: warning: `{facet.knd}` stands for nothing [did you mean `facet.kind`?]",
    ];
    assert_eq!(told(&text, &Here { change: Some(richer), ..here() }), expected);
}

#[test]
fn doubts_are_warnings() {
    let text = PLAIN.replace("127.0.0.1:9000", "h.example") + "[tls]\ninsecure = true\n";
    let expected = [
        "t:2:12: warning: credentials would cross the network without encryption [use https]",
        "t:11:12: warning: any server can pass for the one under test",
    ];
    assert_eq!(told(&text, &here()), expected);
    let same = format!("{PLAIN}[other_parent]\ndataSourceId = \"DS12345678\"\n");
    let expected =
        "t:10:2: the other parent is the same as that of `parameters` [name another one, or leave it out]";
    assert_eq!(told(&same, &here()), [expected]);
}

#[rstest]
#[case("http://h", "http", "h", "", false)]
#[case("https://h:443/a//b/", "https", "h", "/a//b", false)]
#[case("https://H:80/", "https", "h:80", "", false)]
#[case("http://127.8.9.1:8080/p", "http", "127.8.9.1:8080", "/p", true)]
#[case("http://[::1]:8080", "http", "[::1]:8080", "", true)]
#[case("http://mock.localhost", "http", "mock.localhost", "", true)]
#[case("http://localhost.example", "http", "localhost.example", "", false)]
fn bases_are_taken_apart(
    #[case] url: &str,
    #[case] protocol: &str,
    #[case] authority: &str,
    #[case] prefix: &str,
    #[case] is_loopback: bool,
) {
    let (protocol, authority, prefix) = (protocol.into(), authority.into(), prefix.into());
    assert_eq!(Base::parse(url), Ok(Base { protocol, authority, prefix, is_loopback }));
}

#[rstest]
#[case("http://u:canary@h")]
#[case("http://canary@h")]
#[case("http://")]
#[case("file:///a")]
#[case("http://h/?")]
#[case("http://h/#a")]
fn bases_of_no_use_are_refused(#[case] url: &str) {
    assert!(!Base::parse(url).unwrap_err().contains("canary"));
}

#[test]
fn the_meta_schema_admits_what_loads() {
    let schema = meta_schema();
    let inline =
        format!("{PLAIN}[[fixtures]]\nstate = \"S\"\nkind = \"k\"\ntasks = [\"t\"]\njobs = [\"A\"]\n");
    assert_eq!(Document::toml("t", inline.as_str()).unwrap().check(&schema), []);
    let empty = format!("{PLAIN}[[fixtures]]\nstate = \"S\"\nkind = 3\njobs = [{{ ids = \"A\" }}, \"\"]\n");
    assert_eq!(Document::toml("t", empty.as_str()).unwrap().check(&schema).len(), 3);
    assert_eq!(schema["properties"]["limits"]["default"]["max_body"], 8 << 20);
}

#[test]
fn secrets_are_not_shown() {
    let file: TargetFile = serde_json::from_value(json!({
        "vendor": "v", "auth": { "bearer": { "token": "canary" } },
        "identities": { "foreign": { "sigv4": { "secret_access_key": "canary" } } },
    }))
    .unwrap();
    let shown = format!("{file:?}");
    assert!(!shown.contains("canary") && shown.contains("bearer"), "{shown}");
}

/// A parameter can be a secret, too: it comes from elsewhere, and nothing shows it.
#[rstest]
#[case::elsewhere("env:KEY", false)]
#[case::in_the_file("canary-key", true)]
fn secret_parameters_are_not_shown(#[case] value: &str, #[case] is_told: bool) {
    let secret = |contract: &mut Contract| {
        contract.facts.parameters.get_mut("dataSourceId").unwrap().secret = true;
    };
    let here = Here { change: Some(secret), ..here() };
    let text = PLAIN.replace("DS12345678", value);
    let (settings, warnings) = read(&text, &here).unwrap();
    assert_eq!(settings.parameters["dataSourceId"], "canary-key");
    assert_eq!(settings.secrets().filter(|secret| secret == "canary-key").count(), 2);
    assert!(!format!("{settings:?}").contains("canary"));
    let told = Diagnostics::from(warnings).render(false, true);
    assert_eq!(told.contains("a secret stands in the file itself"), is_told, "{told}");
    assert!(!told.contains("canary"), "{told}");
    let broken = read(&text.replace("knowledgeBaseId", "dataSourceID = 1\nknowledgeBaseId"), &here);
    let drawn = broken.unwrap_err().render(false, true);
    assert!(!drawn.contains("canary"), "{drawn}");
}

#[rstest]
#[case::literal(&PLAIN.replace("env:KEY", "canary"))]
#[case::lines(&PLAIN.replace("\"env:KEY\"", "\"\"\"\ncanary\nä canary\"\"\""))]
#[case::number(&PLAIN.replace("\"env:KEY\"", "[7312, { a = \"canary\" }]"))]
#[case::misnamed_scheme(&PLAIN.replace("sigv4", "sigv").replace("env:KEY", "canary"))]
#[case::misnamed_member(&PLAIN.replace("secret_access_key", "secret_key").replace("env:KEY", "canary"))]
#[case::misnamed_table(&PLAIN.replace("auth.sigv4", "ath.sigv4").replace("env:KEY", "canary"))]
#[case::password(&PLAIN.replace("127.0.0.1", "user:canary@h"))]
#[case::next_line(&PLAIN.replace("region = \"us-east-1\"", "regio = 1").replace("env:KEY", "canary"))]
fn reports_quote_no_secrets(#[case] text: &str) {
    let all = match read(text, &here()) {
        Ok((_, warnings)) => Diagnostics::from(warnings),
        Err(problems) => problems,
    };
    let drawn = all.render(false, true);
    assert!(!all.is_empty() && !drawn.contains("canary") && !drawn.contains("7312"), "{drawn}");
}

#[rstest]
#[case::on_the_line(&PLAIN.replace("\"env:KEY\"", "canary"))]
#[case::beside_it(&PLAIN.replace("\"AKID\"", "").replace("env:KEY", "canary"))]
#[case::later("x = = 1\n[auth.bearer\ntoken = \"canary\"\n")]
#[case::inline("auth = { bearer = { token = \"canary\" }\n")]
#[case::quoted("[auth.bearer]\n\"token\"=\"canary\nx = \n")]
#[case::two_names("token = \"canary\", secret_key = \"canary\"\n")]
fn syntax_errors_quote_no_secrets(#[case] text: &str) {
    let drawn = Diagnostics::from(parse("t", text.as_bytes()).unwrap_err()).render(false, true);
    assert!(drawn.contains("t:") && !drawn.contains("canary"), "{drawn}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn anything_like_a_target_file_is_read_or_refused(
        lines in prop::collection::vec(prop::sample::select(vec![
            "vendor = 3", "auth = 1", "auth.sigv4 = []", "auth.sigv4.region = 1", "auth.bearer.token = 'env:'",
            "base_url = []", "base_urls = 1", "base_urls.a = ''", "parameters = 'x'", "parameters.knowledgeBaseId = 1",
            "other_parent = {}", "identities.foreign = {}", "fixtures = {}", "fixtures = [1, {}, {jobs = 1}]",
            "fixtures = [{state = [], facets = 1, jobs = [1, {}]}]", "create = 1", "arrange = {}",
            "arrange.command = []", "arrange.command = [1]", "limits = {requests_per_second = 0}",
            "limits = {requests_per_second = 1e300, deadline = '99999999999999999999h'}", "tls.ca_file = ''",
        ]), 0..6),
    ) {
        let text = format!("base_url = 'http://h'\nvendor = 'bedrock'\n{}", lines.join("\n"));
        if let Ok(document) = Document::toml("t", text) {
            prop_assert!(load(&document, &here()).is_err());
        }
    }
}
