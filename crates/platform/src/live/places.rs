//! What is watched at this server, and who has it open here and elsewhere. Nothing here waits or asks.

use super::Subject;
use super::message::{MOST_TOLD, Message};
use cutline_domain::base::ids::AccountId;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use uuid::Uuid;

/// How long a server is believed that isn't heard of any more: three of its words.
const BELIEVED: Duration = Duration::from_secs(45);

/// How a subject stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The newest revision heard of; 0 before the first.
    pub revision: i64,
    /// Grows when something may have been missed.
    pub missed: u64,
    /// Grows when rights in its company may have become others.
    pub rights: u64,
    /// Who has it open, at any server, each once.
    pub here: Arc<[AccountId]>,
}

#[derive(Debug, Default)]
struct Watched {
    place: watch::Sender<Place>,
    /// Streams of this server.
    streams: usize,
    /// Of those whom others may know of, by who it is: one person may have several.
    mine: BTreeMap<AccountId, usize>,
    /// What other servers said, and when.
    others: HashMap<Uuid, (Vec<AccountId>, Instant)>,
}

impl Watched {
    /// Makes known who is here.
    fn publish(&self) {
        let others = self.others.values().flat_map(|(accounts, _)| accounts);
        let all: BTreeSet<AccountId> = self.mine.keys().chain(others).copied().collect();
        self.place.send_if_modified(|place| {
            let changed = !place.here.iter().eq(&all);
            if changed {
                place.here = all.into_iter().collect();
            }
            changed
        });
    }
}

/// Everything that is watched at this server.
#[derive(Debug, Default)]
pub struct Places {
    watched: HashMap<Subject, Watched>,
    /// Streams of each session.
    sessions: HashMap<String, usize>,
    /// Where those who are here changed since the other servers were told.
    untold: BTreeSet<Subject>,
    /// When they were told something last.
    told: Option<Instant>,
}

impl Places {
    /// One stream more, of a session that may have so many; `None` when it has them.
    pub fn enter(&mut self, key: Subject, session: &str, most: usize) -> Option<watch::Receiver<Place>> {
        let open = self.sessions.entry(session.to_owned()).or_default();
        if *open >= most {
            return None;
        }
        *open += 1;
        let watched = self.watched.entry(key).or_default();
        watched.streams += 1;
        Some(watched.place.subscribe())
    }

    /// Others may know who it is.
    pub fn show(&mut self, key: Subject, account: AccountId) {
        let Some(watched) = self.watched.get_mut(&key) else { return };
        *watched.mine.entry(account).or_default() += 1;
        watched.publish();
        self.untold.insert(key);
    }

    /// One stream less, with whom others knew of.
    pub fn leave(&mut self, key: Subject, session: &str, account: Option<AccountId>) {
        if let Some(open) = self.sessions.get_mut(session) {
            *open -= 1;
            if *open == 0 {
                self.sessions.remove(session);
            }
        }
        let Some(watched) = self.watched.get_mut(&key) else { return };
        if let Some((account, open)) = account.and_then(|account| Some((account, watched.mine.get_mut(&account)?))) {
            *open -= 1;
            if *open == 0 {
                watched.mine.remove(&account);
                self.untold.insert(key);
                watched.publish();
            }
        }
        watched.streams -= 1;
        if watched.streams == 0 {
            self.watched.remove(&key);
        }
    }

    /// Takes in what a server said, `now`. `own`: this one, whose word adds nothing.
    pub fn hear(&mut self, message: Message, own: Uuid, now: Instant) {
        match message {
            Message::Changed { subject, revision } => {
                let Some(watched) = self.watched.get(&subject) else { return };
                watched.place.send_if_modified(|place| {
                    let newer = revision > place.revision;
                    place.revision = place.revision.max(revision);
                    newer
                });
            }
            Message::Rights { company } => {
                for (_, watched) in self.watched.iter().filter(|((of, _), _)| *of == company) {
                    watched.place.send_modify(|place| place.rights += 1);
                }
            }
            Message::Here { server, .. } if server == own => {}
            Message::Here { subject, server, accounts } => {
                let Some(watched) = self.watched.get_mut(&subject) else { return };
                let known = if accounts.is_empty() {
                    watched.others.remove(&server);
                    true
                } else {
                    watched.others.insert(server, (accounts, now)).is_some()
                };
                watched.publish();
                // Who is new here doesn't know yet who was.
                if !known && !watched.mine.is_empty() {
                    self.untold.insert(subject);
                }
            }
        }
    }

    /// Something may have been missed: everybody is to look again.
    pub fn look_again(&mut self) {
        for watched in self.watched.values() {
            watched.place.send_modify(|place| place.missed += 1);
        }
    }

    /// Whether something is to be told to the other servers.
    pub fn has_untold(&self) -> bool {
        !self.untold.is_empty()
    }

    /// What is to be told to the other servers, and told with that.
    pub fn untold(&mut self, server: Uuid) -> Vec<Message> {
        std::mem::take(&mut self.untold).into_iter().map(|key| self.here(key, server)).collect()
    }

    /// When the other servers were told something last.
    pub fn told(&self) -> Option<Instant> {
        self.told
    }

    /// They were told something `now`.
    pub fn tell(&mut self, now: Instant) {
        self.told = Some(now);
    }

    /// Who is here, everywhere; and servers that are silent for too long `now` are forgotten.
    pub fn all(&mut self, server: Uuid, now: Instant) -> Vec<Message> {
        for watched in self.watched.values_mut() {
            watched.others.retain(|_, (_, heard)| now.duration_since(*heard) < BELIEVED);
            watched.publish();
        }
        let keys = self.watched.iter().filter(|(_, watched)| !watched.mine.is_empty()).map(|(key, _)| *key);
        self.untold.extend(keys.collect::<Vec<_>>());
        self.untold(server)
    }

    /// That nobody is here any more, wherever somebody was.
    pub fn farewell(&self, server: Uuid) -> Vec<Message> {
        let keys = self.watched.keys().chain(&self.untold).copied().collect::<BTreeSet<_>>();
        keys.into_iter().map(|subject| Message::Here { subject, server, accounts: Vec::new() }).collect()
    }

    fn here(&self, subject: Subject, server: Uuid) -> Message {
        let mine = self.watched.get(&subject).map(|watched| &watched.mine);
        let accounts = mine.into_iter().flat_map(BTreeMap::keys).copied().take(MOST_TOLD).collect();
        Message::Here { subject, server, accounts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutline_domain::base::ids::CompanyId;

    fn subject() -> Subject {
        (CompanyId::new(), Uuid::now_v7())
    }

    /// Carries what two servers have to say to each other until neither has more; gives how often they spoke.
    fn talk(a: (&mut Places, Uuid), b: (&mut Places, Uuid)) -> usize {
        let mut said = 0;
        loop {
            let (from_a, from_b) = (a.0.untold(a.1), b.0.untold(b.1));
            if from_a.is_empty() && from_b.is_empty() {
                return said;
            }
            for message in from_a.into_iter().chain(from_b) {
                said += 1;
                a.0.hear(message.clone(), a.1, Instant::now());
                b.0.hear(message, b.1, Instant::now());
            }
            assert!(said < 20, "they never stop");
        }
    }

    #[test]
    fn servers_learn_from_each_other_who_is_here() {
        let (key, ada, ben) = (subject(), AccountId::new(), AccountId::new());
        let (mut a, mut b) = (Places::default(), Places::default());
        let (one, two) = (Uuid::now_v7(), Uuid::now_v7());
        let at_a = a.enter(key, "ada's", 4).expect("the first");
        a.show(key, ada);
        talk((&mut a, one), (&mut b, two));
        let at_b = b.enter(key, "ben's", 4).expect("the first");
        assert!(at_b.borrow().here.is_empty(), "nobody listened before");
        b.show(key, ben);
        talk((&mut a, one), (&mut b, two));
        assert_eq!((&*at_a.borrow().here, &*at_b.borrow().here), (&[ada, ben][..], &[ada, ben][..]));
        // A second stream of the same person is the same person, and stays when the first goes.
        let _second = a.enter(key, "ada's", 4).expect("a second");
        a.show(key, ada);
        a.leave(key, "ada's", Some(ada));
        talk((&mut a, one), (&mut b, two));
        assert_eq!(&*at_b.borrow().here, [ada, ben]);
        a.leave(key, "ada's", Some(ada));
        talk((&mut a, one), (&mut b, two));
        assert_eq!(&*at_b.borrow().here, [ben]);
        assert!(a.watched.is_empty() && a.sessions.is_empty(), "nothing is left of those who went");
    }

    #[test]
    fn a_server_that_is_silent_is_forgotten() {
        let (key, ada, ben) = (subject(), AccountId::new(), AccountId::new());
        let (mut places, own, other) = (Places::default(), Uuid::now_v7(), Uuid::now_v7());
        let begin = Instant::now();
        let place = places.enter(key, "ada's", 4).expect("the first");
        places.show(key, ada);
        places.hear(Message::Here { subject: key, server: other, accounts: vec![ben] }, own, begin);
        assert_eq!(place.borrow().here.len(), 2);
        places.all(own, begin + Duration::from_secs(44));
        assert_eq!(place.borrow().here.len(), 2);
        places.all(own, begin + Duration::from_secs(46));
        assert_eq!(&*place.borrow().here, [ada]);
    }

    #[test]
    fn streams_are_told_of_newer_revisions_of_their_subject_and_of_nothing_else() {
        let (key, own) = (subject(), Uuid::now_v7());
        let mut places = Places::default();
        let mut place = places.enter(key, "ada's", 4).expect("the first");
        let mut told = |places: &mut Places, subject, revision| {
            places.hear(Message::Changed { subject, revision }, own, Instant::now());
            let told = place.has_changed().expect("still watched");
            place.mark_unchanged();
            told
        };
        assert!(told(&mut places, key, 7));
        assert!(!told(&mut places, key, 7) && !told(&mut places, key, 6), "nothing new");
        assert!(!told(&mut places, (CompanyId::new(), key.1), 9), "another company's, whatever its id");
        assert!(!told(&mut places, (key.0, Uuid::now_v7()), 9), "another subject");
        places.look_again();
        assert!(place.has_changed().expect("still watched"));
    }

    #[test]
    fn rights_are_told_of_to_every_stream_of_their_company_and_to_no_other() {
        let (company, own) = (CompanyId::new(), Uuid::now_v7());
        let mut places = Places::default();
        let theirs = [(company, Uuid::now_v7()), (company, Uuid::now_v7())];
        let theirs = theirs.map(|key| places.enter(key, "ada's", 4).expect("a few"));
        let other = places.enter(subject(), "ben's", 4).expect("the first");
        places.hear(Message::Rights { company }, own, Instant::now());
        let told = |place: &watch::Receiver<Place>| place.has_changed().expect("still watched");
        assert!(theirs.iter().all(told) && !told(&other));
    }

    #[test]
    fn a_session_has_so_many_streams() {
        let mut places = Places::default();
        let _two = [places.enter(subject(), "ada's", 2), places.enter(subject(), "ada's", 2)].map(Option::unwrap);
        let key = subject();
        assert!(places.enter(key, "ada's", 2).is_none());
        assert!(places.enter(key, "ben's", 2).is_some());
    }
}
