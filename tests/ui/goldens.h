// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QImage>
#include <QPainter>
#include <QWidget>

namespace peerdesk::test {

/// Pictures that a person has approved. Compared strictly where text is drawn as it was then, else
/// only in broad shape.
class Goldens
{
public:
    /// `out` gets what is drawn now. With PEERDESK_WRITE_GOLDENS set it becomes the approved one.
    Goldens(QString kept, QString out)
        : m_kept(std::move(kept))
        , m_out(std::move(out))
    {
        QDir().mkpath(m_out);
        QFile file(m_kept + QStringLiteral("/fonts.sha256"));
        if (isWriting() && file.open(QIODevice::WriteOnly))
            file.write(fontPrint() + '\n');
        else if (file.open(QIODevice::ReadOnly))
            m_isSameFont = file.readAll().trimmed() == fontPrint();
    }

    /// What is wrong with how it looks; empty if it looks as it did.
    QString differenceOf(QWidget &shown, const QString &name)
    {
        const QImage picture = shown.grab().toImage().convertToFormat(QImage::Format_RGB32);
        picture.save(m_out + u'/' + name + QStringLiteral(".png"));
        const QString golden = m_kept + u'/' + name + QStringLiteral(".png");
        if (isWriting())
            return picture.save(golden, nullptr, 0) ? QString() : QStringLiteral("not written");
        const QImage expected = QImage(golden).convertToFormat(QImage::Format_RGB32);
        if (expected.isNull())
            return QStringLiteral("there is no golden picture");
        if (picture.size() != expected.size())
            return m_isSameFont ? QStringLiteral("its size is another one") : QString();
        const double share = differing(picture, expected);
        return share <= (m_isSameFont ? 0.001 : 0.25)
                   ? QString()
                   : QStringLiteral("%1 of the pixels differ, see %2").arg(share).arg(m_out);
    }

private:
    static bool isWriting() { return qEnvironmentVariableIsSet("PEERDESK_WRITE_GOLDENS"); }
    static QByteArray fontPrint()
    {
        QImage sample(360, 60, QImage::Format_RGB32);
        sample.fill(Qt::white);
        QPainter painter(&sample);
        QFont font;
        font.setFamilies({QStringLiteral("Inter"), QStringLiteral("Noto Sans")});
        font.setPixelSize(14);
        painter.setFont(font);
        painter.drawText(8, 24, QStringLiteral("Peerdesk 0123 Žluťoučký"));
        painter.end();
        return QCryptographicHash::hash(QByteArrayView(sample.constBits(), sample.sizeInBytes()),
                                        QCryptographicHash::Sha256)
            .toHex();
    }
    /// Share of pixels that differ by more than 8 in a channel.
    static double differing(const QImage &a, const QImage &b)
    {
        qint64 count = 0;
        for (int y = 0; y < a.height(); ++y) {
            for (int x = 0; x < a.width(); ++x) {
                const QRgb p = a.pixel(x, y);
                const QRgb q = b.pixel(x, y);
                count += qAbs(qRed(p) - qRed(q)) > 8 || qAbs(qGreen(p) - qGreen(q)) > 8 ||
                         qAbs(qBlue(p) - qBlue(q)) > 8;
            }
        }
        return double(count) / double(a.width() * a.height());
    }

    QString m_kept;
    QString m_out;
    bool m_isSameFont = false;
};

} // namespace peerdesk::test
