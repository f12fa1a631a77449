using Amazon.Runtime;
using Amazon.S3;

namespace MoodStream.Streaming.Images;

/// <summary>Makes clients of S3 that other stores of its protocol understand too.</summary>
public static class S3Clients
{
    /// <summary>A client; the caller disposes it. Credentials are looked for with the first request.</summary>
    /// <param name="endpoint">Address of the store; null for AWS.</param>
    /// <param name="region">Region.</param>
    public static AmazonS3Client Create(Uri? endpoint, string region)
    {
        var config = new AmazonS3Config
        {
            // The newer checksums in trailers are what other stores do not know; content is checked by its own hash.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            AuthenticationRegion = region,
        };
        if (endpoint is null) config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(region);
        else (config.ServiceURL, config.ForcePathStyle) = (endpoint.AbsoluteUri, true);
        return new AmazonS3Client(config);
    }
}
