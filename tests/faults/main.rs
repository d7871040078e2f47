//! What must hold when things go wrong, case by case of the fault catalogue, for the engine as a whole.
//!
//! | Case | Held by |
//! |---|---|
//! | 1 events are lost in a burst | `watching`: *a burst of nested folders*; scan's `lost_events_mean_everywhere_and_find_the_folders_that_were_missed`, `a_burst_of_thousands_of_files_is_hinted_at_in_few_places` |
//! | 4 nested folders made and filled at once | `watching`: *a burst of nested folders*; scan's `folders_made_and_filled_at_once_are_hinted_at_and_followed` |
//! | 5 atomic save | `watching`: *an atomic save*; scan's `an_atomic_save_hints_at_the_name_that_stays` |
//! | 6 rename across or out of folders | `watching`: *a photo leaves for another folder, or for good* |
//! | 8 half-written file | `watching`: *a file that is still being copied*; broken's *a file that changes while it is read is not believed* |
//! | 9 symlink loop | `names`: *links that go in circles*; scan's `link_loops_end_and_every_file_keeps_its_own_path` |
//! | 12 bytes of names | `names`: *names of any bytes*; scan's and store's `names_keep_their_bytes` |
//! | 13 trash, system and thumbnail folders | `names`: *what belongs to systems is passed by*; scan's `hidden_system_and_own_folders_are_not_entered` |
//! | 15 moved, copied, swapped | journeys' *a thousand moved and renamed files*, *two names that are swapped* |
//! | 16 edited in place | journeys' *an edit in place* |
//! | 17 unmounted drive | journeys' *a folder that is away*, *a drive that is unplugged, and another one at its place* |
//! | 21 kill -9 | `kill`: *killed thirty times while a thousand photos are added*, *killed fifty times while tags and albums are decided about*; `decided`: *what was decided outlives fifty kills of everything else, and a backup*; store's `a_process_killed_at_any_moment_loses_no_decision_that_it_acknowledged` |
//! | 22 disk full | `disk_full`: *a disk that fills up while photos are added*; store's `a_full_disk_is_named_leaves_no_half_state_and_can_still_be_read` |
//! | 24 several processes | `processes`: *two processes add while a third reads*; store's `two_processes_decide_about_one_library` |
//! | 28 vectors missing, stale, damaged | `vectors`: *a damaged embedding*, *derived work that is no database*, *vectors that another process saves*; the index itself is never kept on disk |
//! | 30 bombs, honest giants | `decoding`: *hostile files cost only themselves*; broken's *bombs are refused with their size*, *an honest 200 megapixel panorama is shown* |
//! | 31 truncated, malformed, panics | `decoding`: *hostile files cost only themselves*; every file of `broken/` in broken, and in journeys' *every file becomes a photo, a companion or a problem* |
//! | 32 hang, native crash | `decoding`: *hostile files cost only themselves*, *a decoder that hangs*; broken's *a decoder that hangs is ended* |
//! | 33 wrong extension, animated, colours | every file of `formats/` in formats |
//! | 34 orientation | every orientation and container in formats; decode's `all_eight_orientations_end_upright` |
//! | 35 partial or damaged model | `vectors`: *a library without a model*; parity's `partial_and_damaged_models_are_refused`, `models_of_another_shape_are_refused` |
//! | 10 one file, two names | cleanup's `what_stays_must_be_there_whole_and_another_file`; journeys' *one file under two names* |
//! | 37 stale plan, survivor gone | cleanup's `victims_that_changed_stay`, `what_stays_must_be_there_whole_and_another_file` |
//! | 38 trash fails half-way | `cleanup`: *killed while it cleans up*; cleanup's `no_failure_and_no_end_in_the_middle_loses_a_photo` |
//! | 39 other volume, full trash, no trash | `cleanup`: *drives that are full, read-only or away* |
//! | 40 sidecars, Live Photos | journeys' *what belongs to a photo goes and comes with it* |
//! | 41 undo after a restart, place occupied | `cleanup`: *killed while it cleans up*; cleanup's `what_lies_in_its_place_now_is_never_overwritten` |
//! | 42 hostile names and metadata | `names`: *hostile names and metadata are text*; journeys' *hostile names are printed safely*; decode's `hostile_text_stays_text` |
//! | 43 traversal, foreign sites, DNS rebinding | `server`: *who may ask*, *addresses that climb*; server's `foreign_hosts_and_pages_are_refused_even_with_the_token` |

mod cleanup;
mod decided;
mod decoding;
mod disk_full;
mod kill;
mod names;
mod processes;
mod server;
mod vectors;
mod watching;

use std::process::ExitCode;

use libtest_mimic::Arguments;
use likeness_tests::world::run_program_if_asked;

fn main() -> ExitCode {
    if let Some(code) = run_program_if_asked() {
        return code;
    }
    let arguments = Arguments::from_args();
    let trials = [
        watching::trials(),
        names::trials(),
        kill::trials(),
        decided::trials(),
        cleanup::trials(),
        disk_full::trials(),
        processes::trials(),
        vectors::trials(),
        decoding::trials(),
        server::trials(),
    ];
    libtest_mimic::run(&arguments, trials.into_iter().flatten().collect()).exit_code()
}
