using System.IO.MemoryMappedFiles;

namespace MoodStream.Mood.Weights;

/// <summary>Bytes that may be longer than an array: memory, or a mapped file.</summary>
internal abstract class ByteSource : IDisposable
{
    public abstract long Length { get; }

    public abstract ReadOnlySpan<byte> Slice(long offset, int length);

    public abstract void Dispose();

    public static ByteSource Of(ReadOnlyMemory<byte> memory) => new InMemory(memory);

    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ByteSource Map(string path) =>
        new FileInfo(path).Length == 0 ? new InMemory(ReadOnlyMemory<byte>.Empty) : new Mapped(path);

    private sealed class InMemory(ReadOnlyMemory<byte> memory) : ByteSource
    {
        public override long Length => memory.Length;

        public override ReadOnlySpan<byte> Slice(long offset, int length) => memory.Span.Slice(checked((int)offset), length);

        public override void Dispose()
        {
        }
    }

    private sealed unsafe class Mapped : ByteSource
    {
        private readonly MemoryMappedFile _file;
        private readonly MemoryMappedViewAccessor _view;
        private readonly byte* _start;

        public Mapped(string path)
        {
            Length = new FileInfo(path).Length;
            _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        }

        public override long Length { get; }

        public override ReadOnlySpan<byte> Slice(long offset, int length)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + length, Length);
            return new ReadOnlySpan<byte>(_start + offset, length);
        }

        public override void Dispose()
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }
}
