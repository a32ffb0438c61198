// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/desktop/officerules.h"
#include "tests/ui/demooffice.h"
#include "tests/ui/fakebrowserdoor.h"
#include "ui/shell/window.h"

#include <QApplication>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <memory>

namespace peerdesk::test {

/// Writes down what it was told.
class FakeTray : public ui::Tray
{
    Q_OBJECT

public:
    bool isThere = false;
    QStringList notices; ///< "title: text"
    int alerts = 0;

    bool isAvailable() override { return isThere; }
    void notify(const QString &title, const QString &text) override
    {
        notices += title + QStringLiteral(": ") + text;
    }
    void alert(QWidget &, bool) override { ++alerts; }
};

/// Pictures of the internet, in memory.
class FakePictures : public ui::PictureSource
{
public:
    QList<QUrl> asked;
    QByteArray answer;

    void fetch(const QUrl &url, Completion<QByteArray> done) override
    {
        asked += url;
        done.answer(answer);
    }
};

/// Hashes without work, and saves what the desk is told.
class FakeSteward : public ui::Steward
{
public:
    explicit FakeSteward(FakeDesk &desk)
        : m_desk(desk)
    {}
    QStringList passwords;               ///< that were hashed
    std::optional<ui::AccountEdit> edit; ///< the last one
    std::optional<Error> refuseWith;     ///< the next one fails with this
    FakeBrowserDoor door;

    void hashPassword(const QString &password, Completion<QByteArray> done) override
    {
        passwords += password;
        done.answer("hash of " + password.toUtf8());
    }
    ui::BrowserDoor &browser() override { return door; }
    void saveAccount(const ui::AccountEdit &wanted, Completion<AccountId> done) override
    {
        if (const auto refusal = std::exchange(refuseWith, std::nullopt))
            return done.answer(*refusal);
        edit = wanted;
        m_desk.submit({}, randomId<CommandId>(), api::SaveAccount{wanted.account},
                      {this, [](const Result<api::Outcome> &) {}});
        done.answer(wanted.account.id);
    }

private:
    FakeDesk &m_desk;
};

/// A window over the demo office with a clock that stands still.
class Stage
{
public:
    enum class Fill { Demo, Empty };

    explicit Stage(ui::Look &look, Fill fill = Fill::Demo);
    ~Stage();
    Stage(const Stage &) = delete;
    Stage &operator=(const Stage &) = delete;

    /// Makes the window and shows it. Call after the office is as the scene wants it.
    ui::Window &open(QSize size = QSize(1440, 900));
    void openAiko();
    /// Lets queued calls and paints happen.
    void settle();
    void offerCarla();
    void type(const QString &text);

    FakeClock clock{demoTime()};
    FakeDesk desk{clock};
    DemoOffice office{desk};
    FakeDraftStore store;
    FakeTray tray;
    FakePictures pictures;
    FakeSteward steward{desk};
    desktop::OfficeRules rules{desk, {}};
    /// Closing the window ends it without a question, as most scenes want it.
    bool quitsAtOnce = true;
    Role role = Role::Agent;
    std::unique_ptr<ui::Window> window;

private:
    ui::Look &m_look;
    QTemporaryDir m_folder;
    std::unique_ptr<QSettings> m_settings;
};

/// How many commands of this kind the office was given.
template <typename Command>
int sent(const FakeDesk &desk)
{
    return int(std::count_if(desk.submitted.begin(), desk.submitted.end(), [](const auto &entry) {
        return std::holds_alternative<Command>(entry.second);
    }));
}

/// The newest of them; an empty one if there was none.
template <typename Command>
Command lastSent(const FakeDesk &desk)
{
    for (auto it = desk.submitted.rbegin(); it != desk.submitted.rend(); ++it) {
        if (const auto *command = std::get_if<Command>(&it->second))
            return *command;
    }
    return {};
}

/// Fixed locale, no blinking, no system theme: call first in main().
void prepareApplication();

/// What tests of the window begin with: the light look, installed.
class WindowTest : public QObject
{
    Q_OBJECT

protected:
    std::unique_ptr<ui::Look> m_look;

private Q_SLOTS:
    void initTestCase()
    {
        m_look = std::make_unique<ui::Look>();
        m_look->setScheme(ui::Look::Scheme::Light);
    }
};

/// The main() of such a test.
template <typename Test>
int runWindowTest(int argc, char **argv)
{
    QApplication application(argc, argv);
    prepareApplication();
    Test test;
    return QTest::qExec(&test, argc, argv);
}

} // namespace peerdesk::test
