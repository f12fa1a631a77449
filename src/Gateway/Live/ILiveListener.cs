namespace MoodStream.Gateway.Live;

/// <summary>Is told every readable result of the live feed, with its feature, repeats included.</summary>
internal interface ILiveListener
{
    /// <summary>An image has ended. Called on the thread of the feed, one result after another.</summary>
    void Ended(LiveResult result);
}
