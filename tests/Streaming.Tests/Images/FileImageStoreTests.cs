using MoodStream.Streaming.Images;

namespace MoodStream.StreamingTests.Images;

public sealed class FileImageStoreTests : IDisposable
{
    private readonly ImageFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    public async Task ReadAsync_WhatWasPut_IsTheSame(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        var reference = await _folder.Store().PutAsync(bytes, Cancellation);
        Assert.Equal(new ImageStoreRead(bytes, null).Bytes, (await _folder.Store().ReadAsync(reference, size, Cancellation)).Bytes);
    }

    [Fact]
    public async Task PutAsync_SameBytesAtOnceFromMany_OneFileAndNothingLeftOver()
    {
        var bytes = new byte[10_000];
        var references = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => _folder.Store().PutAsync(bytes, Cancellation)));
        Assert.Single(references.Distinct());
        Assert.Single(Directory.GetFiles(_folder.Root, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task PutAsync_OverTheLimit_Throws() =>
        await Assert.ThrowsAsync<IOException>(() => _folder.Store(maxBytes: 10).PutAsync(new byte[11], Cancellation));

    [Fact]
    public async Task PutAsync_DiskBelowTheReserve_RefusesAndWhatIsThereCanBeRead()
    {
        var reference = await _folder.Store().PutAsync(new byte[3], Cancellation);
        var full = _folder.Store(reserveBytes: long.MaxValue);
        var refused = await Assert.ThrowsAsync<IOException>(() => full.PutAsync(new byte[4], Cancellation));
        Assert.Contains("MoodStream:Images:ReserveBytes", refused.Message, StringComparison.Ordinal);
        Assert.Contains("MoodStream:Images:ReserveBytes", full.Probe(), StringComparison.Ordinal);
        Assert.Equal(new byte[3], (await full.ReadAsync(reference, 10, Cancellation)).Bytes);
        Assert.Equal(reference, await full.PutAsync(new byte[3], Cancellation));
    }

    [Fact]
    public async Task PutAsync_FolderCannotBeMade_ThrowsIOException()
    {
        await File.WriteAllTextAsync(_folder.Root, "a file in the way", Cancellation);
        await Assert.ThrowsAnyAsync<IOException>(() => _folder.Store().PutAsync(new byte[1], Cancellation));
        Assert.NotNull(_folder.Store().Probe());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    public async Task RentAsync_WhatWasPut_IsTheSameAndNoByteMore(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        var reference = await _folder.Store().PutAsync(bytes, Cancellation);
        using var rented = await _folder.Store().RentAsync(reference, size, Cancellation);
        Assert.Null(rented.Fault);
        Assert.Equal(bytes, rented.Memory.ToArray());
    }

    [Fact]
    public async Task RentAsync_NothingToGive_SaysWhyAndHasNoBytes()
    {
        var reference = await _folder.Store().PutAsync(new byte[11], Cancellation);
        foreach (var (asked, most, fault) in new[]
        {
            (reference, 10L, ImageStoreFault.TooManyBytes), ("../etc/passwd", 10L, ImageStoreFault.Refused),
            (ImageReference.Of("never stored"u8).ToString(), 10L, ImageStoreFault.NotFound),
        })
        {
            using var rented = await _folder.Store().RentAsync(asked, most, Cancellation);
            Assert.Equal((fault, 0), (rented.Fault, rented.Memory.Length));
        }
    }

    [Fact]
    public async Task ReadAsync_OverTheCallersLimit_GivesNothing()
    {
        var reference = await _folder.Store().PutAsync(new byte[11], Cancellation);
        Assert.Equal(new ImageStoreRead(null, ImageStoreFault.TooManyBytes), await _folder.Store().ReadAsync(reference, 10, Cancellation));
    }

    [Fact]
    public async Task ReadAsync_UnknownReference_IsNotFound()
    {
        var reference = ImageReference.Of("never stored"u8).ToString();
        Assert.Equal(ImageStoreFault.NotFound, (await _folder.Store().ReadAsync(reference, 10, Cancellation)).Fault);
        await _folder.Store().PutAsync(new byte[1], Cancellation);
        Assert.Equal(ImageStoreFault.NotFound, (await _folder.Store().ReadAsync(reference, 10, Cancellation)).Fault);
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    public async Task ReadAsync_NoReference_IsRefused(string reference)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Parent, "secret"), "secret", Cancellation);
        Assert.Equal(new ImageStoreRead(null, ImageStoreFault.Refused), await _folder.Store().ReadAsync(reference, 100, Cancellation));
    }

    [Fact]
    public async Task ReadAsync_FileIsALink_IsRefused()
    {
        var secret = "outside"u8.ToArray();
        var outside = Path.Combine(_folder.Parent, "secret");
        await File.WriteAllBytesAsync(outside, secret, Cancellation);
        var reference = ImageReference.Of(secret);
        Directory.CreateDirectory(Path.Combine(_folder.Root, reference.Folder));
        File.CreateSymbolicLink(Path.Combine(_folder.Root, reference.ToString()), outside);
        Assert.Equal(new ImageStoreRead(null, ImageStoreFault.Refused), await _folder.Store().ReadAsync(reference.ToString(), 100, Cancellation));
    }

    [Fact]
    public async Task ReadAsync_FolderIsALink_IsRefusedForReadingAndWriting()
    {
        var bytes = "outside"u8.ToArray();
        var reference = ImageReference.Of(bytes);
        var outside = Directory.CreateDirectory(Path.Combine(_folder.Parent, "elsewhere"));
        await File.WriteAllBytesAsync(Path.Combine(outside.FullName, reference.Hash), bytes, Cancellation);
        Directory.CreateDirectory(_folder.Root);
        Directory.CreateSymbolicLink(Path.Combine(_folder.Root, reference.Folder), outside.FullName);
        Assert.Equal(ImageStoreFault.Refused, (await _folder.Store().ReadAsync(reference.ToString(), 100, Cancellation)).Fault);
    }

    [Fact]
    public async Task ReadAsync_ContentIsNotWhatItsNamePromises_IsNotFound()
    {
        var reference = await _folder.Store().PutAsync("true"u8.ToArray(), Cancellation);
        await File.WriteAllTextAsync(Path.Combine(_folder.Root, reference), "fals", Cancellation);
        Assert.Equal(ImageStoreFault.NotFound, (await _folder.Store().ReadAsync(reference, 100, Cancellation)).Fault);
    }
}
