/// Benchmarks and load runs, with their results and the machine they ran on.
///
/// **Does.** Makes data folders of the sizes that promises speak of, and measures single rooms.
/// `bench/lab.sh` runs a post office for the load generator; `bench/README.md` holds the figures.
/// **Called by** people. **Calls** `mail`, `mime`, `store`, `directory`,
/// `queue`, `search`, `jmap`.
/// **Promise.** A figure names what it was measured against, in the same run.
package yubin.bench;
