using System.Buffers;

namespace MoodStream.Gateway.Ingest;

/// <summary>Why a body was not taken in full.</summary>
internal enum UploadFault
{
    /// <summary>There was not one byte.</summary>
    Empty,

    /// <summary>There were more bytes than allowed; what lies beyond was not read.</summary>
    TooLarge,

    /// <summary>All uploads together hold as much memory as they may.</summary>
    MemoryFull,
}

/// <summary>The bytes of one upload in a pooled buffer that grows as they arrive.</summary>
/// <remarks>
/// A declared length is never trusted with memory: the buffer doubles with what has arrived, so an upload holds at most
/// twice its bytes, and one byte beyond the limit is seen without being kept.
/// Thread-safety: owned by one request.
/// </remarks>
internal sealed class UploadedBytes : IDisposable
{
    private const int FirstBytes = 64 << 10;

    private readonly UploadMemory _memory;
    private byte[] _buffer = [];
    private int _length;

    private UploadedBytes(UploadMemory memory) => _memory = memory;

    /// <summary>The bytes; valid until disposal.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads a body to its end, or until it is clear that it is not taken.</summary>
    /// <returns>The bytes, which the caller disposes, or why there are none.</returns>
    /// <exception cref="IOException">The body ended early.</exception>
    public static async Task<(UploadedBytes? Upload, UploadFault? Fault)> ReadAsync(
        Stream body, long maxBytes, UploadMemory memory, CancellationToken cancellation)
    {
        var upload = new UploadedBytes(memory);
        try
        {
            var fault = await upload.FillAsync(body, checked((int)maxBytes), cancellation);
            if (fault is null) return (upload, null);
            upload.Dispose();
            return (null, fault);
        }
        catch
        {
            upload.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        _length = 0;
        GiveBack(buffer);
    }

    private async Task<UploadFault?> FillAsync(Stream body, int maxBytes, CancellationToken cancellation)
    {
        while (_length < maxBytes)
        {
            if (_length == _buffer.Length && !TryGrow(maxBytes)) return UploadFault.MemoryFull;
            var room = Math.Min(_buffer.Length, maxBytes) - _length;
            var read = await body.ReadAsync(_buffer.AsMemory(_length, room), cancellation);
            if (read == 0) return _length == 0 ? UploadFault.Empty : null;
            _length += read;
        }
        var beyond = new byte[1];
        return await body.ReadAsync(beyond, cancellation) == 0 ? null : UploadFault.TooLarge;
    }

    private bool TryGrow(int maxBytes)
    {
        var wanted = (int)Math.Min(Math.Max(FirstBytes, 2L * _buffer.Length), maxBytes);
        var grown = ArrayPool<byte>.Shared.Rent(wanted);
        if (!_memory.TryReserve(grown.Length))
        {
            ArrayPool<byte>.Shared.Return(grown);
            return false;
        }
        _buffer.AsSpan(0, _length).CopyTo(grown);
        GiveBack(_buffer);
        _buffer = grown;
        return true;
    }

    private void GiveBack(byte[] buffer)
    {
        if (buffer.Length == 0) return;
        _memory.Release(buffer.Length);
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
