// SPDX-License-Identifier: GPL-3.0-or-later
/// The least that a Qt program with a window does: what the product's start is compared with.
#include <QApplication>
#include <QWidget>

int main(int argc, char *argv[])
{
    QApplication application(argc, argv);
    QWidget window;
    window.resize(1440, 900);
    window.show();
    return QApplication::exec();
}
