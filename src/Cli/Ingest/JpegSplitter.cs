using System.Buffers.Binary;

namespace MoodStream.Cli.Ingest;

/// <summary>Cuts a stream of JPEG pictures, one behind the other, into its pictures.</summary>
/// <remarks>
/// Follows the segments rather than looking for the end marker, whose two bytes may stand inside a segment.
/// Source: ISO/IEC 10918-1, B.1.1. Thread-safety: one thread.
/// </remarks>
internal sealed class JpegSplitter(int maxBytes = 64 << 20)
{
    private const byte Prefix = 0xFF, Start = 0xD8, End = 0xD9, Scan = 0xDA, FirstRestart = 0xD0, LastRestart = 0xD7, Temporary = 0x01;

    private byte[] _buffer = new byte[1 << 16];
    private int _count, _at;
    private bool _inScan;

    /// <summary>Bytes of a picture that has begun and not ended.</summary>
    public int Pending => _count;

    /// <summary>Adds what came.</summary>
    /// <exception cref="InvalidDataException">A picture has more bytes than allowed.</exception>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_count + bytes.Length > maxBytes) throw new InvalidDataException($"a picture of the stream has more than {maxBytes} bytes");
        if (_count + bytes.Length > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _count + bytes.Length));
        bytes.CopyTo(_buffer.AsSpan(_count));
        _count += bytes.Length;
    }

    /// <summary>Takes the next whole picture; null until more bytes come.</summary>
    /// <exception cref="InvalidDataException">The bytes are no JPEG pictures.</exception>
    public byte[]? Take()
    {
        while (_at + 1 < _count)
        {
            if (_inScan && !FindMarker()) return null;
            if (_buffer[_at] != Prefix) throw new InvalidDataException("the stream holds something that is no JPEG picture");
            var marker = _buffer[_at + 1];
            if (marker == End) return Cut(_at + 2);
            if (!Skip(marker)) return null;
        }
        return null;
    }

    /// <summary>Goes to the next marker of the entropy-coded bytes; false until it has come in full.</summary>
    private bool FindMarker()
    {
        while (_at + 1 < _count)
        {
            var found = _buffer.AsSpan(_at, _count - _at).IndexOf(Prefix);
            _at = found < 0 ? _count : _at + found;
            if (_at + 1 >= _count) return false;
            if (_buffer[_at + 1] is var next && next != 0 && next is not (>= FirstRestart and <= LastRestart) && next != Prefix)
            {
                _inScan = false;
                return true;
            }
            _at += next == Prefix ? 1 : 2;
        }
        return false;
    }

    /// <summary>Skips a marker with its segment; false until its length is known.</summary>
    private bool Skip(byte marker)
    {
        if (marker == Prefix) _at++;                                   // fill bytes before a marker
        else if (marker is Start or Temporary or (>= FirstRestart and <= LastRestart)) _at += 2;
        else
        {
            if (_at + 4 > _count) return false;
            var next = _at + 2 + BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(_at + 2));
            if (next > _count) return false;
            (_at, _inScan) = (next, marker == Scan);
        }
        return true;
    }

    private byte[] Cut(int length)
    {
        var picture = _buffer[..length];
        _buffer.AsSpan(length, _count - length).CopyTo(_buffer);
        (_count, _at, _inScan) = (_count - length, 0, false);
        return picture;
    }
}
