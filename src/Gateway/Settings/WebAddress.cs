namespace MoodStream.Gateway.Settings;

/// <summary>Addresses that a setting may name.</summary>
internal static class WebAddress
{
    /// <summary>Whether nobody on the way can read or change what goes there: https, or http that stays on this machine.</summary>
    public static bool IsSafe(Uri address) =>
        address.UserInfo.Length == 0 && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));
}
