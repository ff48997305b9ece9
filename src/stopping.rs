//! Stopping: Ctrl-C or SIGTERM asks for it. It takes half a minute at the most, and whoever asks twice doesn't wait.

use cutline_platform::database::embedded::Keeper;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// The longest that stopping takes. What is left then is cut off; committed is what was committed.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long requests that are under way may take to end: the first part of it.
pub const GRACE: Duration = Duration::from_secs(8);

/// Whether the program was asked to stop.
#[derive(Clone, Debug)]
pub struct Stopping(watch::Receiver<bool>);

impl Stopping {
    /// Listens for signals from now on.
    pub fn listen(keeper: Option<Keeper>) -> std::io::Result<Self> {
        let signals = [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?];
        let (tell, told) = watch::channel(false);
        tokio::spawn(stop(signals, tell, keeper));
        Ok(Self(told))
    }

    /// Waits until it was.
    pub async fn asked(&mut self) {
        // Nobody who could ask is left when the program ends.
        let _ = self.0.wait_for(|asked| *asked).await;
    }
}

async fn stop(mut signals: [Signal; 2], tell: watch::Sender<bool>, keeper: Option<Keeper>) {
    next(&mut signals).await;
    tracing::info!("stopping; asked again, it doesn't wait");
    tell.send_replace(true);
    tokio::select! {
        () = next(&mut signals) => tracing::warn!("asked again: ended at once"),
        () = tokio::time::sleep(PATIENCE) => tracing::error!("stopping took too long: ended at once"),
    }
    // Not by way of the runtime, which waits for its threads.
    let cut_off = tokio::task::spawn_blocking(move || keeper.iter().for_each(Keeper::cut_off));
    let _ = tokio::time::timeout(Duration::from_secs(2), cut_off).await;
    std::process::exit(1);
}

async fn next([interrupt, terminate]: &mut [Signal; 2]) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
