using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MoodStream.StreamingTests.Security;

/// <summary>An authority of our own and a certificate of it for 127.0.0.1, made anew in a folder.</summary>
internal sealed class TestCertificates
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(1);

    public TestCertificates(string folder, TimeProvider clock)
    {
        var (from, until) = (clock.GetUtcNow() - Life, clock.GetUtcNow() + Life);
        using var authorityKey = RSA.Create(2048);
        var request = new CertificateRequest("CN=test authority", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = request.CreateSelfSigned(from, until);
        Authority = Write(folder, "ca.pem", authority.ExportCertificatePem());

        using var key = RSA.Create(2048);
        var server = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        server.CertificateExtensions.Add(names.Build());
        using var certificate = server.Create(authority, from.AddMinutes(1), until.AddMinutes(-1), [1, 2, 3]);
        Certificate = Write(folder, "server.pem", certificate.ExportCertificatePem());
        Key = Write(folder, "server.key", key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>File of the authority's certificate.</summary>
    public string Authority { get; }

    /// <summary>File of the server's certificate.</summary>
    public string Certificate { get; }

    /// <summary>File of the server's key.</summary>
    public string Key { get; }

    private static string Write(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
