using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Streaming.Images;

/// <summary>Keeps images as files below one folder, each named by the SHA-256 of its content.</summary>
/// <remarks>
/// A file is written beside its place and moved there whole, so that a reader sees all of it or none; the same bytes are stored once.
/// A reference cannot lead out of the folder: its grammar has no room for a path, and links are not followed.
/// Done means: the bytes were flushed to the device. Thread-safety: every member may be called from any thread and process.
/// </remarks>
public sealed class FileImageStore : IImageStore
{
    private readonly string _root;
    private readonly string _incoming;
    private readonly ImageSettings _settings;
    private readonly StreamingMetrics _metrics;
    private readonly ILogger _log;

    /// <summary>Opens the store; its folder is made with the first image.</summary>
    public FileImageStore(ImageSettings settings, StreamingMetrics metrics, ILogger<FileImageStore> log)
    {
        (_settings, _metrics, _log) = (settings, metrics, log);
        _root = Path.GetFullPath(settings.Root);
        _incoming = Path.Combine(_root, ".incoming");
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The image exceeds the store's limit, or the folder is full or cannot be written.</exception>
    public async Task<string> PutAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (bytes.Length > _settings.MaxBytes)
        {
            throw new IOException(
                $"An image of {bytes.Length} bytes exceeds {ImageSettings.Section}:{nameof(ImageSettings.MaxBytes)}, {_settings.MaxBytes}.");
        }

        var reference = ImageReference.Of(bytes.Span);
        var place = Place(reference);
        if (IsStored(place, bytes.Length))
        {
            _metrics.ImageBytes.WithLabels("repeated").Inc(bytes.Length);
            return reference.ToString();
        }

        try
        {
            await WriteAsync(place, bytes, cancellation);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"The image store {_root} cannot be written.", e);
        }

        _metrics.ImageBytes.WithLabels("written").Inc(bytes.Length);
        return reference.ToString();
    }

    /// <inheritdoc/>
    public async Task<ImageStoreRead> ReadAsync(string reference, long maxBytes, CancellationToken cancellation) =>
        (await ReadAsync(reference, maxBytes, pool: null, cancellation)).ToRead();

    /// <inheritdoc/>
    public Task<RentedBytes> RentAsync(string reference, long maxBytes, CancellationToken cancellation) =>
        ReadAsync(reference, maxBytes, ArrayPool<byte>.Shared, cancellation);

    private async Task<RentedBytes> ReadAsync(string reference, long maxBytes, ArrayPool<byte>? pool, CancellationToken cancellation)
    {
        if (!ImageReference.TryParse(reference, out var parsed)) return None(ImageStoreFault.Refused);
        var place = Place(parsed);
        if (IsLink(Path.GetDirectoryName(place)!) || IsLink(place)) return None(ImageStoreFault.Refused);
        try
        {
            using var file = File.OpenHandle(place, options: FileOptions.Asynchronous | FileOptions.SequentialScan);
            var length = RandomAccess.GetLength(file);
            if (length > maxBytes) return None(ImageStoreFault.TooManyBytes);

            var bytes = pool?.Rent((int)length) ?? new byte[length];
            var read = await ReadAllAsync(file, bytes.AsMemory(0, (int)length), cancellation);
            return Checked(parsed, new(bytes, read, null, pool));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return None(ImageStoreFault.NotFound);
        }
        catch (UnauthorizedAccessException e)
        {
            // A folder in place of the file is refused here too.
            if (Directory.Exists(place)) return None(ImageStoreFault.NotFound);
            throw new IOException($"The image store {_root} cannot be read.", e);
        }
    }

    /// <summary>Whether the store can take an image now.</summary>
    /// <returns>Why not; null where it can.</returns>
    public string? Probe()
    {
        try
        {
            Directory.CreateDirectory(_incoming);
            if (Shortage() is { } shortage) return shortage;
            var probe = NewIncoming();
            File.WriteAllBytes(probe, [0]);
            File.Delete(probe);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{_root} cannot be written: {e.Message}";
        }
    }

    /// <summary>What is wrong with the space on the disk of the store, whose folder exists; null where there is enough.</summary>
    private string? Shortage()
    {
        var free = new DriveInfo(_incoming).AvailableFreeSpace;
        _metrics.ImageStoreFree.Set(free);
        return free >= _settings.ReserveBytes
            ? null
            : $"The disk of the image store {_root} has {free} bytes left; {ImageSettings.Section}:{nameof(ImageSettings.ReserveBytes)} is {_settings.ReserveBytes}.";
    }

    private string Place(ImageReference reference) => Path.Combine(_root, reference.Folder, reference.Hash);

    // Random: many processes, on many machines, may share the folder.
    private string NewIncoming() => Path.Combine(_incoming, Path.GetRandomFileName());

    private async Task WriteAsync(string place, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var folder = Path.GetDirectoryName(place)!;
        Directory.CreateDirectory(_incoming);
        if (Shortage() is { } shortage) throw new IOException(shortage);
        Directory.CreateDirectory(folder);
        if (IsLink(folder)) throw new IOException($"{folder} is a link; the image store follows none.");

        var incoming = NewIncoming();
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.Asynchronous,
            };
            await using (var file = new FileStream(incoming, options))
            {
                await file.WriteAsync(bytes, cancellation);
                file.Flush(flushToDisk: true);
            }

            File.Move(incoming, place, overwrite: true);
        }
        finally
        {
            File.Delete(incoming);   // gone already where it was moved
        }
    }

    private RentedBytes Checked(ImageReference reference, RentedBytes bytes)
    {
        if (Convert.ToHexStringLower(SHA256.HashData(bytes.Memory.Span)) != reference.Hash)
        {
            bytes.Dispose();
            _log.ImageCorrupt(reference.ToString());
            return None(ImageStoreFault.NotFound);
        }

        _metrics.ImageBytes.WithLabels("read").Inc(bytes.Memory.Length);
        return bytes;
    }

    private static RentedBytes None(ImageStoreFault fault) => new(null, 0, fault, null);

    private static async Task<int> ReadAllAsync(
        Microsoft.Win32.SafeHandles.SafeFileHandle file, Memory<byte> bytes, CancellationToken cancellation)
    {
        var read = 0;
        while (read < bytes.Length && await RandomAccess.ReadAsync(file, bytes[read..], read, cancellation) is > 0 and var count)
            read += count;
        return read;
    }

    private static bool IsStored(string place, long length) =>
        new FileInfo(place) is { Exists: true, LinkTarget: null } file && file.Length == length;

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;
}
