namespace MoodStream.Gateway.Ingest;

/// <summary>How many bytes all uploads together hold, against how many they may.</summary>
/// <remarks>Thread-safety: any thread.</remarks>
internal sealed class UploadMemory(long limitBytes)
{
    private long _reserved;

    /// <summary>Bytes reserved now.</summary>
    public long ReservedBytes => Interlocked.Read(ref _reserved);

    /// <summary>Reserves the bytes, or none of them where that would exceed the limit.</summary>
    public bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref _reserved, bytes) <= limitBytes) return true;
        Interlocked.Add(ref _reserved, -bytes);
        return false;
    }

    /// <summary>Gives reserved bytes back.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _reserved, -bytes);
}
