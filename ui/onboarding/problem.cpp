// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/onboarding/problem.h"

#include "ui/common/context.h"
#include "ui/common/paint.h"

#include <QCoreApplication>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Problem)
};
} // namespace

Problem officeProblem(const Error &error, const QString &folder)
{
    const QString where = isolateLtr(folder);
    const auto problem = [&error](const QString &title, const QString &text) {
        return Problem{title, text, error.detail};
    };
    if (error.state == u"in-use")
        return problem(Words::tr("Peerdesk is already open on this PC"),
                       Words::tr("Another Peerdesk works with the folder %1. Use its window, or "
                                 "close it and try again. Nothing was changed.")
                           .arg(where));
    if (error.state == u"newer-version")
        return problem(
            Words::tr("This office needs a newer Peerdesk"),
            Words::tr("A newer version of Peerdesk wrote the data in %1. Update Peerdesk "
                      "on this PC. The data was left as it is.")
                .arg(where));
    if (error.state == u"read-only")
        return problem(Words::tr("The data folder cannot be written"),
                       Words::tr("Peerdesk may not write to %1. Allow yourself to write there and "
                                 "try again, or start Peerdesk with --data and another folder.")
                           .arg(where));
    if (error.state == u"disk-full")
        return problem(Words::tr("The disk is full"),
                       Words::tr("There is no room left for %1. Free some space and try again. "
                                 "What was stored before is safe.")
                           .arg(where));
    if (error.state == u"corrupt" || error.state == u"io")
        return problem(
            Words::tr("The data cannot be read"),
            Words::tr("The disk or a file in %1 is damaged. Nothing was changed. Restore "
                      "the folder from a backup, then try again.")
                .arg(where));
    if (error.state == u"wrong-passphrase")
        return problem(Words::tr("This is not the passphrase"),
                       Words::tr("Look at the keyboard layout and Caps Lock and type it again. The "
                                 "office and its secrets are untouched."));
    if (error.state == u"exists")
        return problem(Words::tr("There is an office in this folder already"),
                       Words::tr("Close Peerdesk and start it again to open that office."));
    if (error.code == Error::Code::Storage)
        return problem(Words::tr("This PC could not store the office"),
                       Words::tr("Nothing is lost. See below what was reported, then try again."));
    return problem(Words::tr("That did not work"), sentence(error));
}

Problem joinProblem(const Error &error, const QString &address, const QString &folder)
{
    const QString where = isolateLtr(address);
    const auto problem = [&error](const QString &title, const QString &text) {
        return Problem{title, text, error.detail};
    };
    if (error.code == Error::Code::Invalid)
        return problem(Words::tr("A word of the code is mistyped"),
                       Words::tr("Compare all six words with the screen of the other PC, one by "
                                 "one. Nothing was changed."));
    if (error.state == u"no-office-found")
        return problem(Words::tr("No office that invites was found on this network"),
                       Words::tr("Is Peerdesk open on the PC that shows the words, and are both "
                                 "PCs in the same network? If they are, type the address that "
                                 "stands below the words."));
    if (error.state == u"no-invitation")
        return problem(Words::tr("The office is there, but invites nobody now"),
                       Words::tr("The code was used or is too old. On the other PC choose \"Invite "
                                 "a PC\" again and type the new words."));
    if (error.state == u"not-inviting")
        return problem(Words::tr("The office is there, but invites nobody now"),
                       Words::tr("It hears who asks only while somebody invites: on a PC that is "
                                 "already in choose Settings, Office, \"Invite a PC\", then ask "
                                 "again."));
    if (error.state == u"busy")
        return problem(Words::tr("Several PCs are asking there now"),
                       Words::tr("Try again in a minute, or type the six words that the other PC "
                                 "shows."));
    if (error.state == u"older")
        return problem(Words::tr("That PC only takes the six words"),
                       Words::tr("Its Peerdesk is older and lets nobody in without them. Type the "
                                 "words that it shows."));
    if (error.state == u"declined")
        return problem(Words::tr("The office did not let this PC in"),
                       Words::tr("Ask whoever is at the PC that invites. What it said is below; "
                                 "nothing was changed here."));
    if (error.state == u"unanswered")
        return problem(Words::tr("Nobody let this PC in"),
                       Words::tr("The words have to be compared on both screens within a quarter "
                                 "of an hour. Nothing was changed; ask again when somebody is at "
                                 "the PC that invites."));
    if (error.state == u"lost")
        return problem(Words::tr("The connection to the office was lost"),
                       Words::tr("Nobody had let this PC in yet, and nothing was changed. Is "
                                 "Peerdesk still open on the PC that invites? Then ask again."));
    if (error.state == u"refused")
        return problem(Words::tr("The words were not accepted"),
                       Words::tr("They are of another invitation, used already or too old. Compare "
                                 "them with the other PC's screen, or let it show new ones."));
    if (error.state == u"not-them")
        return problem(Words::tr("This is not the PC that invites you"),
                       Words::tr("The PC at %1 does not know your words, so it was told nothing. "
                                 "Look for the address below the words on the other PC.")
                           .arg(where));
    if (error.code == Error::Code::Network)
        return problem(
            Words::tr("No PC of an office answers at %1").arg(where),
            Words::tr("Is Peerdesk open on the PC that shows the words, and are both PCs in the "
                      "same network? Its firewall must let other PCs in at that port (TCP). After "
                      "several wrong codes it waits a minute before it answers again."));
    if (error.state == u"exists")
        return problem(Words::tr("This PC belongs to an office already"),
                       Words::tr("Close Peerdesk and start it again to open that office. To join "
                                 "another one, start it with --data and an empty folder."));
    return officeProblem(error, folder);
}

Problem mailProblem(const Error &error)
{
    const auto problem = [&error](const QString &title, const QString &text) {
        return Problem{title, text, error.detail};
    };
    if (error.state == u"credentials")
        return problem(Words::tr("The password was not accepted"),
                       Words::tr("Check the password and the user name. Many providers want an app "
                                 "password for programs, made in the settings of the mailbox."));
    if (error.state == u"certificate")
        return problem(
            Words::tr("The mail server cannot prove who it is"),
            Words::tr("Its certificate is not trusted, so the password was not sent. Check the "
                      "name of the server, or name the certificate of your own authority below."));
    if (error.state == u"unreachable")
        return problem(Words::tr("The mail server does not answer"),
                       Words::tr("Check the server names and ports below and whether this PC is on "
                                 "the internet."));
    if (error.state == u"unsafe")
        return problem(Words::tr("This connection would not be safe"),
                       Words::tr("Choose TLS or STARTTLS. Without encryption everybody on the way "
                                 "could read the password."));
    if (error.code == Error::Code::Network)
        return problem(Words::tr("The mail server refused"),
                       Words::tr("What it said is below. Correct it and try again."));
    if (error.code == Error::Code::NotFound)
        return problem(Words::tr("This is no e-mail address"),
                       Words::tr("Write it like help@your-company.example."));
    return problem(Words::tr("The mailbox was not connected"), sentence(error));
}

} // namespace peerdesk::ui
