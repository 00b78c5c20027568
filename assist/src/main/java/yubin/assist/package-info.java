/// The clerk: reads error mails and refusals and says in plain words what happened.
///
/// **Does.** Finds in any message for whom, why and how surely delivery failed: in the parts of
/// RFC 3464, and where there are none in the free text of the world's mail systems; ties it to the
/// returned letter; explains it in Japanese and English. What words mean (`rules.tsv`,
/// `wording.tsv`, `codes.tsv`) and what people are told (`reasons.txt`) are data files that need no
/// programmer.
/// **Called by** `queue`, `postmaster`. **Calls** `mail`, `mime`. Opens no file and no socket.
/// **Promise.** Readers are total: no octets make them throw or take more than linear time.
package yubin.assist;
