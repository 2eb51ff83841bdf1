//! One last question before a text leaves: asked when the connection is there, right before the first byte of the POST. So
//! whatever took long, or stopped the program, lies before it.

use std::sync::Arc;

use futures_util::future::BoxFuture;

/// Whether a POST may still go out. The error says why not, for people.
pub type LastCheck = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

tokio::task_local! {
    static CHECK: LastCheck;
}

/// Runs a send whose connections are asked about. They must be made by the task that sends, which is so for a client that
/// keeps none.
pub(super) async fn with<T>(check: LastCheck, send: impl Future<Output = T>) -> T {
    CHECK.scope(check, send).await
}

/// For a new connection: gives it back where the answer is yes, or nobody asks. Otherwise there is no connection, and
/// nothing was sent.
pub(super) async fn ask<C>(connection: C) -> Result<C, Box<dyn std::error::Error + Send + Sync>> {
    if let Ok(check) = CHECK.try_with(Arc::clone) {
        check().await?;
    }
    Ok(connection)
}
