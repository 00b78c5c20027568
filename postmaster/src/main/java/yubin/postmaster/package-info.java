/// The postmaster: main(), configuration, start and stop, the command line.
///
/// **Does.** Reads `yubin.toml`, opens the data folder, starts every room, and runs the verbs of
/// `./yubin`.
/// **Called by** the `./yubin` script.
/// **Calls** every room.
/// **Promise.** SIGTERM ends the program within 5 seconds with everything on disk; whatever is
/// wrong at start is said in one clear sentence.
package yubin.postmaster;
