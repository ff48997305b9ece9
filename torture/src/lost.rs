//! Replies that are lost between commit and client: asked again with the same key, at the other server, the program gives the
//! first answer and does nothing.

use crate::calls::{self, Request, Seen};
use crate::http::{Answer, Browser};
use crate::report::Report;
use crate::stage::{ADMINS, LOWEST, Stage};
use cutline_domain::planner::approval::{CycleState, Status};
use eyre::{Result, eyre};
use serde_json::json;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};

/// Stands before a server for one request, and gives away so much of the answer before it hangs up. What was answered is
/// kept.
async fn cut(listener: &TcpListener, server: SocketAddr, given: impl Fn(usize) -> usize) -> std::io::Result<Vec<u8>> {
    let (mut client, _) = listener.accept().await?;
    let mut upstream = TcpStream::connect(server).await?;
    let mut answer = Vec::new();
    {
        let (mut asking, _) = client.split();
        let (mut answers, mut asked) = upstream.split();
        tokio::select! {
            // The client doesn't hang up before it has an answer.
            never = async { copy(&mut asking, &mut asked).await?; std::future::pending().await } => never,
            read = answers.read_to_end(&mut answer) => read,
        }?;
    }
    client.write_all(&answer[..given(answer.len())]).await?;
    client.shutdown().await?;
    Ok(answer)
}

/// Loses the reply to a request. Gives the answer that the server gave.
async fn lose(request: &Request, by: &Browser, given: impl Fn(usize) -> usize) -> Result<Answer> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let through = by.by(listener.local_addr()?);
    let (lost, answer) = tokio::join!(request.send(&through), cut(&listener, by.server, given));
    eyre::ensure!(lost.is_err(), "the reply came through");
    Ok(Answer::read(&answer?)?)
}

/// Loses the replies to every command.
pub async fn run(stage: &mut Stage, report: &mut Report) -> Result<()> {
    crate::report::say("  lost replies");
    for round in 0..2 {
        // Nothing of the answer, and all but its last byte.
        let given = move |length: usize| if round == 0 { 0 } else { length.saturating_sub(1) };
        let (admin, manager) = (stage.admin.clone(), stage.manager.clone());
        let open = stage.reach(CycleState::Approving).await?;
        lost(stage, report, &open.transfer(), &admin, given).await?;
        lost(stage, report, &calls::open(stage.big), &admin, given).await?;
        let look = async || -> Result<Seen> {
            let cycle = stage.definition().await?.cycle.ok_or_else(|| eyre!("the cycle is gone"))?;
            Seen::look(&admin, cycle).await
        };
        lost(stage, report, &look().await?.start_borders(), &admin, given).await?;
        lost(stage, report, &look().await?.save_draft(LOWEST * 2), &admin, given).await?;
        lost(stage, report, &look().await?.enable(LOWEST), &admin, given).await?;
        let seen = look().await?;
        let items = calls::items(&manager, seen.id, Some(Status::InProgress)).await?;
        let some: Vec<u32> = items.iter().copied().step_by(3).collect();
        let reason = |name: &str| json!({ name: { "reason": "Torture" } });
        let overriding = json!({ "Override": { "class": 1, "reason": "Torture" } });
        lost(stage, report, &seen.decide(&some[..5], &reason("Reject")), &manager, given).await?;
        lost(stage, report, &look().await?.decide(&some[5..10], &overriding), &manager, given).await?;
        lost(stage, report, &look().await?.decide(&items, &json!("Accept")), &manager, given).await?;
        lost(stage, report, &look().await?.decide(&items[20..30], &json!("Withdraw")), &manager, given).await?;
        lost(stage, report, &look().await?.reset(), &admin, given).await?;
        let people = calls::list(&admin, "company/people").await?;
        let person = people.into_iter().find(|person| person["email"] == ADMINS[1]);
        let person = person.ok_or_else(|| eyre!("an admin is gone"))?;
        let role = calls::change("company/person/save", person, "role", json!("admin"));
        lost(stage, report, &role, &admin, given).await?;
    }
    Ok(())
}

/// Loses one reply, and asks again twice.
async fn lost(
    stage: &Stage,
    report: &mut Report,
    request: &Request,
    by: &Browser,
    given: impl Fn(usize) -> usize,
) -> Result<()> {
    let name = format!("lost reply: {}", request.endpoint);
    let records = async || -> Result<i64> {
        Ok(sqlx::query_scalar("select count(*) from audit_record").fetch_one(&stage.pool).await?)
    };
    let before = records().await?;
    let first = lose(request, by, given).await?;
    if !first.is_done() {
        report.fault(&name, format!("was not done: {} {}", first.status, first.text()));
        return Ok(());
    }
    for server in &stage.servers {
        let again = request.send(&by.by(server.address)).await?;
        let same = again.is_done() && again.json() == first.json();
        let told = || format!("first {}, again {} {}", first.text(), again.status, again.text());
        report.hold(&name, same, told);
    }
    let done = records().await? - before;
    report.hold(&name, done == 1, || format!("left {done} audit records"));
    Ok(())
}
